import type { InputSignal, TerminalSize } from '@runbin/contracts/interactive';
import { api, type NewSubmission, pause } from '../api/client';
import { wordsOf } from '../api/problem';
import type { OutputStore } from '../output/output.store';
import { FollowProgress } from './follow.progress';
import { followRun, submitAndFollow } from './followed.run';
import { InteractiveRun, type InteractiveReports } from './interactive.run';
import { IDLE, type Interaction, isBusy, type RunState, type SavedRun } from './run.state';

/** A run that has not ended this long after it was told to is deleted. */
const STOP_PATIENCE_MS = 3_000;

/** What is said of input that was not taken, by the reason. */
const REFUSALS: Readonly<Record<string, string>> = {
  queue_full: 'The program has not read what was typed before. This was not taken: try it again later.',
  closed: 'The program reads nothing more.',
  not_interactive: 'This run takes no input.',
  no_terminal: 'This run has no terminal.',
  not_owner: 'Only whoever started this run can type into it.',
  unanswered: 'The program may not have got this: nobody said so.',
};
const NOT_TAKEN = 'This was not taken.';

/** More is sent in pieces: a message that is too long would end the connection. */
const MOST_CHARACTERS = 16 * 1024;

/**
 * The run of a page: starts one, follows it, talks with it, stops it; another one takes its place. Its output is in
 * `output`, everything else in `state`, of which each change is a new object. Nothing here knows of React: see
 * use.run.session.ts.
 */
export class RunSession<Output extends Pick<OutputStore, 'append' | 'clear' | 'end'> = OutputStore> {
  private current: RunState = IDLE;
  private readonly listeners = new Set<() => void>();
  private progress: FollowProgress;
  /** Ends what goes on for the present run: all of it, or only that it is followed by HTTP. */
  private abandon = new AbortController();
  private unfollow = new AbortController();
  private interactive: InteractiveRun | undefined;

  /** @param output takes what the run prints */
  constructor(readonly output: Output) {
    this.progress = new FollowProgress(output);
  }

  get state(): RunState {
    return this.current;
  }

  /** Calls back after each change until the answer is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Runs a program. One that goes on is followed no longer.
   * @param interaction how it is talked with; null: its input is `code_input`, and ends there
   */
  start(submission: NewSubmission, interaction: Interaction | null = null): void {
    const reports = this.begin({ ...IDLE, phase: 'submitting' });
    if (interaction) this.talk(reports).submit(submission, interaction.terminal);
    else void submitAndFollow(submission, this.progress, reports, this.unfollow.signal);
  }

  /** Follows a run that was started before, from its beginning: after a reload of the page, or from the history. */
  resume(run: SavedRun): void {
    const reports = this.begin({ ...IDLE, phase: 'queued', run });
    if (run.input === 'none' || run.ownerToken === '') void this.follow(run, reports);
    else this.talk(reports).attach(run);
  }

  /** Ends the run; what it has written stays. One that waits in the queue is taken back. */
  stop(): void {
    if (!isBusy(this.current) || this.current.isStopping) return;
    this.change({ isStopping: true });
    const { run, retryAt } = this.current;
    if (run) void this.cancel(run);
    // It waits to be sent once more: nothing has been taken.
    else if (retryAt !== null) this.takenBack();
  }

  /** Follows nothing any more; a run goes on by itself. */
  leave(): void {
    this.begin(IDLE);
  }

  type(data: string): void {
    this.input(data, 'utf-8');
  }

  /** @param base64 bytes that are no text */
  typeBytes(base64: string): void {
    this.input(base64, 'base64');
  }

  /** No more input follows. */
  endInput(): void {
    this.interactive?.send({ type: 'eof' });
  }

  signal(signal: InputSignal): void {
    this.interactive?.send({ type: 'signal', signal });
  }

  resize({ columns, rows }: TerminalSize): void {
    this.interactive?.send({ type: 'resize', columns, rows });
  }

  private input(data: string, encoding: 'utf-8' | 'base64'): void {
    if (this.current.inputTrouble !== null) this.change({ inputTrouble: null });
    for (const piece of pieces(data)) this.interactive?.send({ type: 'stdin', data: piece, encoding });
  }

  private begin(state: RunState): InteractiveReports {
    this.drop();
    this.abandon = new AbortController();
    this.unfollow = new AbortController();
    this.output.clear();
    this.progress = new FollowProgress(this.output);
    this.current = state;
    this.tell();
    return this.reportsUntil(this.abandon.signal);
  }

  private drop(): void {
    this.abandon.abort();
    this.unfollow.abort();
    this.interactive?.leave();
    this.interactive = undefined;
  }

  private follow(run: SavedRun, reports: InteractiveReports): Promise<void> {
    return followRun(run, this.progress, reports, this.unfollow.signal);
  }

  private talk(reports: InteractiveReports): InteractiveRun {
    return (this.interactive = new InteractiveRun(this.progress, reports));
  }

  /** Only the socket can end a run and leave it a result; a run that was followed without goes on there. */
  private async cancel(run: SavedRun): Promise<void> {
    const { signal } = this.abandon;
    if (!this.interactive) {
      this.unfollow.abort();
      this.talk(this.reportsUntil(signal)).attach(run);
    }
    this.interactive?.cancel();
    await pause(STOP_PATIENCE_MS, signal).catch(() => undefined);
    if (!signal.aborted && isBusy(this.current)) await this.takeBack(run, signal);
  }

  /** Deletes a run: one that waits in the queue leaves it, and nothing is kept of it. */
  private async takeBack(run: SavedRun, signal: AbortSignal): Promise<void> {
    try {
      await api.deleteSubmission(run.submissionId, run.ownerToken);
      if (!signal.aborted) this.takenBack();
    } catch (error) {
      if (!signal.aborted) this.change({ isStopping: false, trouble: wordsOf(error) });
    }
  }

  private takenBack(): void {
    this.drop();
    this.change({ phase: 'finished', run: null, trouble: null, retryAt: null, isStopping: false });
  }

  private reportsUntil(signal: AbortSignal): InteractiveReports {
    const change = (changes: Partial<RunState>) => {
      if (!signal.aborted) this.change(changes);
    };
    const over = { retryAt: null, isStopping: false };
    return {
      accepted: (run) => {
        change({ phase: 'queued', run, trouble: null, retryAt: null });
        if (this.current.isStopping && !signal.aborted) void this.cancel(run);
      },
      status: (phase) => change({ phase }),
      finished: (result) => change({ ...over, phase: 'finished', result, trouble: null }),
      failed: (trouble) => change({ ...over, phase: 'failed', trouble }),
      waiting: (trouble, ms) => {
        if (trouble !== null) change({ trouble, retryAt: Date.now() + ms });
        else if (this.current.trouble !== null) change({ trouble: null, retryAt: null });
      },
      refused: (reason) => change({ inputTrouble: REFUSALS[reason] ?? NOT_TAKEN }),
    };
  }

  private change(changes: Partial<RunState>): void {
    const next = { ...this.current, ...changes };
    const names = Object.keys(changes) as (keyof RunState)[];
    // A status is told as often as whoever follows is connected anew: the page need not draw it again.
    if (names.every((name) => next[name] === this.current[name])) return;
    this.current = next;
    this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Parts that no character and no group of base64 is cut by. */
function* pieces(data: string): Generator<string> {
  for (let at = 0; at < data.length;) {
    let end = Math.min(data.length, at + MOST_CHARACTERS);
    if (end < data.length && !data.slice(at, end).isWellFormed()) end--;
    yield data.slice(at, end);
    at = end;
  }
}
