import type { FollowEvent } from '@runbin/contracts/follow.events';
import type { TerminalSize } from '@runbin/contracts/interactive';
import type { ServerMessage } from '@runbin/contracts/run.socket';
import type { NewSubmission } from '../api/client';
import type { FollowProgress } from './follow.progress';
import type { RunReports } from './followed.run';
import { RunSocket, runSocketUrl, type Sent } from './run.socket';
import type { SavedRun } from './run.state';

export type Refusal = Extract<ServerMessage, { type: 'input_refused' }>['reason'];

export interface InteractiveReports extends RunReports {
  accepted(run: SavedRun): void;
  /** Something that was sent was not taken. */
  refused(reason: Refusal): void;
}

/** How often in a row a connection is tried again; by then a run is over. */
const TRIES = 20;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** Messages that wait for the program to start, or for the connection to come back. */
const MAX_WAITING = 256;

const NOT_TAKEN = 'The connection was lost before the server had taken the program. Run it again.';
const LOST = 'The connection to the server was lost.';

/**
 * A run on a WebSocket (libs/contracts/src/run.socket.ts): events come out, and what is typed goes in. It goes on when the
 * connection is lost or the page is reloaded, and is attached to again from where it was; if nobody comes back it ends by
 * its own limit of time.
 */
export class InteractiveRun {
  private socket: RunSocket | undefined;
  private run: SavedRun | undefined;
  private waiting: Sent[] = [];
  /** Nobody hears input before. */
  private isRunning = false;
  private isOver = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly progress: FollowProgress,
    private readonly reports: InteractiveReports,
    private readonly url = runSocketUrl(location.href),
  ) {}

  /** Starts it. */
  submit(submission: NewSubmission, terminal: TerminalSize | null): void {
    this.open({ type: 'run', submission, terminal, detached: true }, terminal ? 'terminal' : 'pipes');
  }

  /** Goes on with one that was started before, from where the progress is. */
  attach(run: SavedRun): void {
    this.run = run;
    const { position } = this.progress;
    this.open(
      {
        type: 'attach',
        submission_id: run.submissionId,
        owner_token: run.ownerToken,
        ...(position === undefined ? {} : { after: position }),
      },
      run.input,
    );
  }

  /** Input for the program, which waits until there is one. */
  send(message: Sent): void {
    if (this.isOver) return;
    if (this.isRunning && this.socket?.isOpen) this.socket.send(message);
    else if (this.waiting.length < MAX_WAITING) this.waiting.push(message);
    else this.reports.refused('queue_full');
  }

  cancel(): void {
    this.socket?.send({ type: 'cancel' });
  }

  /** Follows it no longer; it goes on. */
  leave(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.socket?.close();
  }

  private open(first: Sent, input: SavedRun['input']): void {
    this.socket?.close();
    this.socket = new RunSocket(this.url, {
      onOpen: () => this.sendWaiting(),
      onMessage: (message) => this.take(message, input),
      onClose: () => this.reconnect(),
    });
    this.socket.send(first);
  }

  private take(message: ServerMessage, input: SavedRun['input']): void {
    this.failures = 0;
    this.reports.waiting(null, 0);
    switch (message.type) {
      case 'accepted':
        this.run = { submissionId: message.submission_id, ownerToken: message.owner_token ?? '', input };
        this.reports.accepted(this.run);
        break;
      case 'input_refused':
        this.reports.refused(message.reason);
        break;
      case 'problem':
        this.takeProblem(message.problem);
        break;
      default:
        this.follow(message);
    }
  }

  private follow(event: FollowEvent): void {
    const taken = this.progress.take(event);
    switch (taken.what) {
      case 'gap':
        if (this.run) this.attach(this.run);
        break;
      case 'status':
        this.reports.status(taken.event.status);
        if (taken.event.status === 'running') this.started();
        break;
      case 'output':
        this.started();
        break;
      case 'finished':
        this.leave();
        this.reports.finished(taken.event.result);
        break;
      case 'known':
        break;
    }
  }

  private started(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    this.sendWaiting();
  }

  private sendWaiting(): void {
    if (!this.isRunning) return;
    const { waiting } = this;
    this.waiting = [];
    for (const message of waiting) this.socket?.send(message);
  }

  /** The server closes the socket behind it. What may be otherwise in a moment is tried again then. */
  private takeProblem({ status, detail, title }: { status: number; detail: string; title: string }): void {
    if (this.run && (status === 429 || status >= 500)) return;
    this.leave();
    this.reports.failed(detail || title);
  }

  private reconnect(): void {
    const { run } = this;
    if (this.isOver) return;
    if (!run || ++this.failures > TRIES) {
      this.leave();
      this.reports.failed(run ? LOST : NOT_TAKEN);
      return;
    }
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
    this.reports.waiting(LOST, ms);
    this.timer = setTimeout(() => this.attach(run), ms);
  }
}
