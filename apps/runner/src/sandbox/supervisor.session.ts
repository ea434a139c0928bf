import type { Readable, Writable } from 'node:stream';
import type { Limits } from '@runbin/contracts/limits';
import type { Loss, SupervisorEnd } from './loss';
import {
  type BoxFile,
  type Launch,
  type ParkingPlace,
  type RunningProgram,
  SandboxError,
  type Stage,
  type StageFacts,
  type StageFollower,
  type StageTimes,
} from './sandbox';
import { StdinFeed } from './stdin.feed';
import {
  execFrame,
  fileFrame,
  frame,
  FrameIn,
  FrameOut,
  FrameReader,
  OutcomeFact,
  parkFrame,
  parseArtifact,
  parseEnd,
  parseOutcome,
  parseOutput,
  SetupFlag,
  setupFrame,
  signalFrame,
  type SupervisorOutcome,
  terminalFrame,
} from './supervisor.protocol';

/** What the key for the end of input is on a terminal that nobody has set up otherwise: Ctrl-D. */
const END_KEY = Buffer.from([4]);
/** Bytes of a sandbox's own complaints that are kept. */
const COMPLAINT_BYTES = 2048;
/**
 * The supervisor keeps the deadlines. Should it not report this long after its own wall deadline, it is
 * given up: reaping many processes on a busy machine takes a while, but not this long.
 */
const REPORT_GRACE_MS = 10_000;
/** A supervisor that says nothing for this long after its program was let go is asked whether it is there. */
const SILENCE_MS = 1_000;
/** One that does not answer for this long, on whatever machine, is frozen. */
const ANSWER_MS = 5_000;

/** How an engine reaches a supervisor that it started. */
export interface SupervisorLink {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** What the engine's own tools complain about. */
  readonly stderr?: Readable;
  /** Settles when the supervisor is gone and everything that it sent was read. */
  readonly closed: Promise<unknown>;
  /** Ends the supervisor, and with it its sandbox, whatever goes on in it. */
  kill(): void;
}

export interface StageEnd {
  facts: StageFacts;
  /** The supervisor ended without a report; undefined when it reported. */
  lost: Loss | undefined;
}

/** The runner's side of one supervisor: one stage, from setup to report. */
export class SupervisorSession {
  private readonly output: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  private pieces = 0;
  private readonly input: StdinFeed;
  private follower: StageFollower = {};
  private wantedAt = 0;
  private readyAt = 0;
  private reportedAt = 0;
  /** Counts frames: whoever sends one is there. */
  private heard = 0;
  private onHeard: () => void = () => undefined;
  private readonly artifacts: BoxFile[] = [];
  private onReady: () => void = () => undefined;
  private readonly ready = new Promise<void>((resolve) => (this.onReady = resolve));
  private outcome: SupervisorOutcome | undefined;
  private complaint = '';
  private letGo = false;
  private endedByUs: Loss['endedByUs'];
  private supervisorEnd: SupervisorEnd | undefined;
  private closed = false;
  private parked = false;
  private onParked: () => void = () => undefined;
  private onReport: () => void = () => undefined;

  /**
   * Has the sandbox set up at once.
   * @param flags of SetupFlag: how this engine's sandboxes are made
   */
  constructor(
    private readonly link: SupervisorLink,
    private readonly flags: number,
    limits: Limits,
  ) {
    const { stdin, stdout, stderr } = link;
    this.input = new StdinFeed(stdin);
    void link.closed.finally(() => (this.closed = true));
    stdin.on('error', () => undefined); // broken pipe: the end says why
    const reader = new FrameReader((type, body) => this.take(type, body));
    stdout.on('data', (piece: Buffer) => reader.push(piece));
    stderr?.on('data', (piece: Buffer) => this.complain(piece.toString()));
    stdin.write(setupFrame(limits, flags));
  }

  /** How its process ended, where whoever started it tells in frames. */
  get end(): SupervisorEnd | undefined {
    return this.supervisorEnd;
  }

  get isAlive(): boolean {
    return !this.closed && this.complaint === '';
  }

  /** Asks the supervisor, once it is set up. @returns false when it is frozen, or gone */
  async answers(): Promise<boolean> {
    const before = this.heard;
    const heard = new Promise<void>((resolve) => (this.onHeard = resolve));
    this.link.stdin.write(frame(FrameIn.ping));
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => (late = setTimeout(resolve, ANSWER_MS)));
    await Promise.race([heard, this.link.closed, tooLate]);
    clearTimeout(late);
    return this.heard > before && this.isAlive;
  }

  /** @throws SandboxError when the sandbox could not be set up */
  async prepared(): Promise<void> {
    await Promise.race([this.ready, this.link.closed]);
    if (!this.isAlive)
      throw new SandboxError(`a sandbox could not be set up: ${this.complaint || 'no reason given'}`);
  }

  /**
   * Starts the program and resolves once it waits for its file.
   * @throws SandboxError when it ended instead
   */
  async park(launch: Launch, place: ParkingPlace, limits: Limits): Promise<void> {
    const { stdin } = this.link;
    const arrived = new Promise<void>((resolve) => (this.onParked = resolve));
    this.parked = true;
    stdin.cork();
    stdin.write(setupFrame(limits, this.flagsOf(launch)));
    stdin.write(execFrame(launch.argv, launch.env));
    stdin.write(parkFrame(place));
    process.nextTick(() => stdin.uncork());
    await Promise.race([arrived, this.link.closed]);
    if (!this.isAlive)
      throw new SandboxError(`a program could not be parked: ${this.complaint || 'no reason given'}`);
  }

  /**
   * @param release is called when the sandbox stands and its program is about to be let go
   * @throws SandboxError when the sandbox could not be set up
   */
  async run(
    stage: Stage,
    signal: AbortSignal,
    follower: StageFollower = {},
    release: () => void = () => undefined,
  ): Promise<StageEnd> {
    const reported = new Promise<void>((resolve) => (this.onReport = resolve));
    this.follower = follower;
    this.wantedAt = performance.now();
    // A runner that was stopped may find the report and the end of its patience together: what came is read first.
    const giveUp = setTimeout(
      () => setImmediate(() => this.outcome ?? this.giveUp('did not report in time')),
      stage.limits.wall_time_ms + REPORT_GRACE_MS,
    );
    let silence: NodeJS.Timeout | undefined;
    const abort = () => this.endIt('was told to stop', 'stopped');
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      await this.prepared();
      release();
      this.letGo = true;
      this.send(stage);
      silence = this.expectSign();
      follower.onRelease?.(this.programOf(stage));
      await Promise.race([reported, this.link.closed]);
    } finally {
      clearTimeout(giveUp);
      clearTimeout(silence);
      signal.removeEventListener('abort', abort);
    }
    const lost = this.outcome
      ? undefined
      : {
          reason: `the sandbox ended without a report: ${this.complaint || 'no reason given'}`,
          letGo: this.letGo,
          endedByUs: this.endedByUs,
        };
    return { facts: this.facts(), lost };
  }

  /** Ends the sandbox, whatever goes on in it, and waits until it is gone. */
  async kill(): Promise<void> {
    this.link.kill();
    await this.link.closed;
  }

  /** Notices a sandbox that was frozen while it waited long before its time is up. */
  private expectSign(): NodeJS.Timeout {
    const before = this.heard;
    return setTimeout(() => {
      if (this.heard > before) return;
      void this.answers().then((answered) => {
        if (!answered && !this.closed) this.giveUp('does not answer');
      });
    }, SILENCE_MS);
  }

  private giveUp(reason: string): void {
    this.endIt(reason, 'given up');
  }

  private endIt(reason: string, why: Loss['endedByUs']): void {
    this.endedByUs ??= why;
    this.complain(reason);
    this.link.kill();
  }

  private flagsOf(launch: Launch): number {
    return this.flags | (launch.mergeStderr ? SetupFlag.mergeStderr : 0);
  }

  private send(stage: Stage): void {
    const { stdin } = this.link;
    const overflow = stage.onOutputOverflow === 'discard' ? SetupFlag.discardOverflow : 0;
    stdin.cork();
    stdin.write(setupFrame(stage.limits, this.flagsOf(stage) | overflow));
    if (stage.terminal) stdin.write(terminalFrame(stage.terminal));
    stdin.write(this.parked ? frame(FrameIn.wake) : execFrame(stage.argv, stage.env));
    for (const file of stage.files) for (const piece of fileFrame(file)) stdin.write(piece);
    if (stage.artifactsDir !== undefined) {
      const directory = Buffer.from(stage.artifactsDir);
      stdin.write(frame(FrameIn.dir, directory));
      stdin.write(frame(FrameIn.collect, directory));
    }
    stdin.write(frame(FrameIn.go));
    this.input.push(stage.stdin);
    if (!stage.stdinStaysOpen) this.input.end();
    // Not end(): the supervisor takes the end of its stdin for the end of the runner.
    process.nextTick(() => stdin.uncork());
  }

  private programOf(stage: Stage): RunningProgram {
    const { input, link } = this;
    const hasEnded = () => this.closed || this.outcome !== undefined;
    const write = (bytes: Buffer) => {
      if (hasEnded() || input.isEnded) return 'closed';
      return input.offer(bytes) ? 'taken' : 'full';
    };
    const send = (control: Buffer) => {
      if (!hasEnded()) link.stdin.write(control);
    };
    return {
      write,
      end: () => {
        if (stage.terminal) write(END_KEY);
        else input.end();
      },
      signal: (number) => send(signalFrame(number)),
      resize: (size) => send(terminalFrame(size)),
    };
  }

  private take(type: string, body: Buffer): void {
    this.heard++;
    this.onHeard();
    switch (type) {
      case FrameOut.stdout:
        this.takeOutput('stdout', body);
        break;
      case FrameOut.stderr:
        this.takeOutput('stderr', body);
        break;
      case FrameOut.taken:
        this.input.taken(body.readUInt32LE(0));
        break;
      case FrameOut.pong:
        break;
      case FrameOut.artifact:
        this.artifacts.push(parseArtifact(body));
        break;
      case FrameOut.exit:
        this.outcome = parseOutcome(body);
        this.reportedAt = performance.now();
        this.onReport();
        this.onParked(); // it was let go on the way there
        break;
      case FrameOut.refused:
        this.letGo = false;
        this.complain(body.toString());
        break;
      case FrameOut.fault:
        this.complain(body.toString());
        break;
      case FrameOut.ended:
        this.supervisorEnd = parseEnd(body);
        break;
      case FrameOut.ready:
        this.readyAt = performance.now();
        this.onReady();
        break;
      case FrameOut.parked:
        this.onParked();
        break;
      default:
        this.giveUp(`sent an unknown frame ${JSON.stringify(type)}`);
    }
  }

  private takeOutput(stream: 'stdout' | 'stderr', body: Buffer): void {
    const { atMs, bytes } = parseOutput(body);
    this.output[stream].push(bytes);
    this.follower.onOutput?.({ stream, seq: this.pieces++, atMs, bytes });
  }

  private complain(text: string): void {
    this.complaint = `${this.complaint}${text} `.slice(0, COMPLAINT_BYTES);
  }

  private facts(): StageFacts {
    const outcome = this.outcome;
    const has = (fact: number) => ((outcome?.facts ?? 0) & fact) !== 0;
    return {
      exitCode: outcome && outcome.exitCode >= 0 ? outcome.exitCode : null,
      signal: outcome?.signal || null,
      stdout: Buffer.concat(this.output.stdout),
      stderr: Buffer.concat(this.output.stderr),
      stdoutTruncated: has(OutcomeFact.stdoutTruncated),
      stderrTruncated: has(OutcomeFact.stderrTruncated),
      wallExceeded: has(OutcomeFact.wallExceeded),
      cpuExceeded: has(OutcomeFact.cpuExceeded),
      memoryExceeded: has(OutcomeFact.memoryExceeded),
      filesDidNotFit: has(OutcomeFact.filesDidNotFit),
      artifactsTooLarge: has(OutcomeFact.artifactsTooLarge),
      execErrno: outcome?.execErrno ?? 0,
      cpuTimeMs: (outcome?.cpuMicros ?? 0) / 1000,
      wallTimeMs: (outcome?.wallMicros ?? 0) / 1000,
      memoryPeakBytes: outcome?.memoryPeakBytes ?? 0,
      times: this.times(),
      artifacts: this.artifacts,
    };
  }

  /** The supervisor counts from the release; a sandbox that waited was ready when it was wanted. */
  private times(): StageTimes {
    const { outcome, wantedAt } = this;
    const readyAt = Math.max(this.readyAt, wantedAt);
    if (!outcome) return { readyAt, releasedAt: wantedAt, endedAt: performance.now() };
    if (outcome.reportedMicros === 0) return { readyAt, releasedAt: null, endedAt: this.reportedAt };
    const releasedAt = this.reportedAt - outcome.reportedMicros / 1000;
    return {
      readyAt: Math.min(readyAt, releasedAt), // it may have been heard of late
      releasedAt,
      endedAt: releasedAt + outcome.wallMicros / 1000,
    };
  }
}
