import type { WebSocket } from 'ws';
import type { InputMessage } from '@runbin/contracts/live';
import { CLOSE, type ServerMessage } from '@runbin/contracts/run.socket';
import { Problem } from '@runbin/platform/problem';
import type { Client } from '../admission/client';
import { toProblem } from '../errors/problem.mapping';
import { clientMessage, inputsOf, type ProgramMessage, stdinOf } from './client.message';
import { InputQueue } from './input.queue';
import type { Delivery } from './run.inputs';
import type { OpenedRun, RunOpener } from './run.opener';
import type { Place } from './run.place';
import type { Follower } from './run.watches';
import { SocketMeter } from './socket.meter';

/** How long a socket may take to say what it is for. */
const FIRST_MESSAGE_MS = 10_000;
/** Most bytes of one message behind the first. */
const LATER_MESSAGE_BYTES = 512 * 1024;
/** How often the follower of a silent run looks whether it still follows. */
const LOOK_MS = 60_000;

/** What a socket takes from the gateway that it is in. */
export interface SocketSurroundings {
  readonly client: Client;
  readonly opener: Pick<RunOpener, 'run' | 'attach' | 'follow'>;
  readonly deliver: (submissionId: string, message: InputMessage) => Promise<Delivery>;
  readonly cancel: (submissionId: string) => void;
  /** The gateway stops: what it breaks off is not what the client wanted to end. */
  readonly isClosing: () => boolean;
}

/**
 * One WebSocket and its one run (run.socket.ts of the contracts has the messages). Both directions are pulled: an event is
 * taken when the one before it has left, and nothing is read from a client whose input its program does not take.
 */
export class RunSocket {
  private readonly gone = new AbortController();
  private readonly meter = new SocketMeter();
  private readonly input: InputQueue;
  private readonly firstMessage: NodeJS.Timeout;
  private run: OpenedRun | undefined;
  private isOpening = false;
  private hasFinished = false;
  /** Came behind the first message before that was answered. */
  private readonly early: (() => void)[] = [];

  constructor(
    private readonly socket: WebSocket,
    private readonly around: SocketSurroundings,
  ) {
    this.input = new InputQueue({
      deliver: (message) => around.deliver(this.run?.submissionId ?? '', message),
      refused: (reason) => void this.send({ type: 'input_refused', reason }),
      drained: () => socket.resume(),
    });
    this.firstMessage = setTimeout(
      () => this.fail(new Problem('request_timeout', 'Say what to run, or to attach to, within 10 s.')),
      FIRST_MESSAGE_MS,
    );
    socket.on('message', (data: Buffer, isBinary) => this.hear(data, isBinary));
    for (const control of ['ping', 'pong'] as const) socket.on(control, () => this.measure(0));
    socket.once('close', () => this.end());
  }

  /** The gateway stops. */
  goAway(): void {
    this.close(CLOSE.goingAway, 'the server stops; attach elsewhere');
  }

  private hear(data: Buffer, isBinary: boolean): void {
    if (!this.isLive || !this.measure(data.length)) return;
    clearTimeout(this.firstMessage);
    if (!this.run && !this.isOpening) return void this.open(data, isBinary);
    if (data.length > LATER_MESSAGE_BYTES) return this.close(CLOSE.tooBig, 'the message is too large');
    const heed = () => (isBinary ? this.forProgram(stdinOf(data)) : this.heed(data));
    if (this.run) heed();
    else this.early.push(heed);
  }

  private async open(data: Buffer, isBinary: boolean): Promise<void> {
    this.isOpening = true;
    this.socket.pause();
    try {
      const run = await this.opened(data, isBinary);
      // Bound to a socket that is gone already.
      if (!this.isLive) return this.abandon(run);
      this.run = run;
      if (run.accepted) void this.send({ type: 'accepted', ...run.accepted });
      for (const heed of this.early.splice(0)) heed();
      if (!this.input.isFull) this.socket.resume();
      await this.follow(run);
    } catch (error) {
      this.fail(error);
    }
  }

  private opened(data: Buffer, isBinary: boolean): Promise<OpenedRun> {
    const { opener, client } = this.around;
    const message = isBinary ? undefined : clientMessage(data);
    if (message?.type === 'run') return opener.run(message, client, this.gone.signal);
    if (message?.type === 'attach') return opener.attach(message);
    throw new Problem('invalid_request', 'The first message must be `run` or `attach`.');
  }

  private heed(text: Buffer): void {
    try {
      const message = clientMessage(text);
      if (message.type === 'run' || message.type === 'attach')
        throw new Problem('invalid_request', 'A socket has one run; open another one.');
      if (message.type === 'cancel') this.cancel();
      else this.pass(message);
    } catch (error) {
      this.fail(error);
    }
  }

  private cancel(): void {
    if (!this.run?.isOwner) return void this.send({ type: 'input_refused', reason: 'not_owner' });
    this.around.cancel(this.run.submissionId);
  }

  private pass(message: ProgramMessage): void {
    const inputs = inputsOf(message);
    if (inputs) this.forProgram(inputs);
    else void this.send({ type: 'input_refused', reason: 'malformed' });
  }

  private forProgram(inputs: readonly InputMessage[]): void {
    if (!this.run?.isOwner) return void this.send({ type: 'input_refused', reason: 'not_owner' });
    for (const input of inputs) this.input.push(input);
    if (this.input.isFull) this.socket.pause();
  }

  private async follow(run: OpenedRun): Promise<void> {
    let place: Place | undefined | null = run.after === 'end' ? null : run.after;
    using follower = place === null ? undefined : await this.around.opener.follow(run, this.around.client);
    while (place !== null && follower) {
      const step: Awaited<ReturnType<Follower['next']>> = await follower.next(place, {
        signal: this.gone.signal,
        ms: LOOK_MS,
      });
      if (step === 'nothing yet') continue;
      if (step === 'over') return this.breakOff();
      await this.sendText(step.told.json);
      ({ place } = step);
      this.input.wake();
    }
    this.hasFinished = true;
    this.close(CLOSE.finished);
  }

  private breakOff(): void {
    if (this.around.isClosing()) this.goAway();
    else this.close(CLOSE.tryAgain, 'attach again');
  }

  /** @returns whether it is within what a client may send */
  private measure(bytes: number): boolean {
    if (!this.meter.exceeds(bytes)) return true;
    this.close(CLOSE.policy, 'you send too much at one time');
    return false;
  }

  private fail(error: unknown): void {
    const problem = toProblem(error);
    const { type, title, status, code, detail } = problem.toDocument();
    void this.send({ type: 'problem', problem: { type, title, status, code, detail } });
    this.close(closeCodeOf(status), code);
  }

  private close(code: number, reason = ''): void {
    this.socket.close(code, reason);
    // Else nobody would hear that the client closes its side.
    this.socket.resume();
  }

  private send(message: ServerMessage): Promise<void> {
    return this.sendText(JSON.stringify(message));
  }

  /** Resolves when it has left, or never will. */
  private async sendText(text: string): Promise<void> {
    await new Promise<void>((resolve) => this.socket.send(text, () => resolve()));
  }

  private end(): void {
    clearTimeout(this.firstMessage);
    this.gone.abort();
    this.input.stop();
    if (this.run && !this.hasFinished) this.abandon(this.run);
  }

  /** What its client does not wait for any more ends, unless it was to go on. */
  private abandon({ submissionId, isBound }: OpenedRun): void {
    if (isBound && !this.around.isClosing()) this.around.cancel(submissionId);
  }

  private get isLive(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }
}

function closeCodeOf(status: number): number {
  if (status === 429 || status === 503) return CLOSE.tryAgain;
  return status >= 500 ? CLOSE.fault : CLOSE.policy;
}
