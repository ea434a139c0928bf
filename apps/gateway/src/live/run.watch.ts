import { Logger } from '@nestjs/common';
import { outputEvent } from '@runbin/contracts/output.pieces';
import { type OutputMessage, OutputMessageSchema, type OutputPage } from '@runbin/contracts/live';
import { isFinal } from '@runbin/contracts/status';
import { Problem } from '@runbin/platform/problem';
import type { Waiter } from '../waiting/result.waiters';
import type { OutputWindow } from './output.window';
import { type Place, QUEUED } from './run.place';
import { RunRecord, type Step } from './run.record';
import type { RunSources } from './run.sources';
import { type RunFacts, toldOutput, toldQueued, toldRunning } from './told';

/** Announcements can be lost, and a deletion may not be announced: so often is looked without a reason. */
const LOOK_EVERY_MS = 15_000;
/** When something is known to be there that could not be had. */
const LOOK_AGAIN_MS = 1_000;

/** What a watch takes from the gateway that it is in. */
export interface WatchSurroundings {
  readonly sources: Pick<RunSources, 'read' | 'replay' | 'facts'>;
  /** Wakes at announcements and after interruptions. */
  readonly waiter: Waiter;
  readonly window: OutputWindow;
  readonly isClosing: () => boolean;
  /**
   * Takes note of a record that is held from now on.
   * @throws Problem `overloaded`
   */
  readonly hold: (bytes: number) => void;
  /** The watch is over. */
  readonly release: () => void;
}

/** How long to wait for the next event. */
export interface Patience {
  readonly signal: AbortSignal;
  readonly ms: number;
}

/**
 * One run as everybody here follows it, who may be many (ADR 0017). A follower is a place, and pulls what is behind it:
 * from the window of what was heard live, else from the runner, in the end from the record. Nothing is kept for anyone,
 * so that who reads slowly costs nothing but the piece on its way; and live messages may be lost.
 */
export class RunWatch {
  private readonly logger = new Logger('RunWatch');
  /** Who waits for something new. */
  private readonly sleepers = new Set<() => void>();
  private readonly ending = new AbortController();
  private facts: RunFacts | undefined;
  private attempt = 0;
  private pickedAt: string | null = null;
  /** Pieces that this attempt is known to have written. */
  private written = 0;
  private hasEnded = false;
  private isReadable = true;
  private reading: Promise<void> | undefined;
  private record: RunRecord | undefined;

  constructor(
    private readonly submissionId: string,
    private readonly around: WatchSurroundings,
  ) {}

  /**
   * Gets to know the run, and from then on what becomes of it.
   * @param fresh what is known of one that was accepted just now: what has become of it was announced, or will be
   * @throws Problem `submission_not_found`, `result_gone`, `overloaded`, `unavailable`
   */
  async begin(fresh?: RunFacts): Promise<void> {
    if (fresh) {
      this.facts = fresh;
      return void this.lookOut(LOOK_EVERY_MS);
    }
    const { finished, ...facts } = await this.around.sources.facts(this.submissionId);
    this.facts = facts;
    if (finished) await this.readRecord();
    if (finished && !this.record)
      throw new Problem('result_gone', 'This result is older than results are kept here.');
    void this.lookOut();
  }

  /** The next event for somebody at this place (undefined: who knows nothing yet); or that there is none for now, or ever. */
  async next(place: Place | undefined, { signal, ms }: Patience): Promise<Step | 'nothing yet' | 'over'> {
    const deadline = performance.now() + ms;
    for (;;) {
      if (this.isOver || signal.aborted) return 'over';
      const step = this.stepFrom(place);
      if (step) return step;
      if (place && this.lacks(place)) {
        await this.fill(place);
        continue;
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return 'nothing yet';
      await this.somethingNew(leftMs, signal);
    }
  }

  /** A message of `output.<submission_id>`. */
  hear(data: unknown): void {
    const { data: message } = OutputMessageSchema.safeParse(data);
    if (message?.submission_id === this.submissionId && message.attempt >= this.attempt) this.take(message);
  }

  /** Ends it for everybody, who may begin anew. */
  end(): void {
    if (this.isOver) return;
    this.ending.abort();
    this.around.window.clear();
    this.wake();
    this.around.release();
  }

  get isOver(): boolean {
    return this.ending.signal.aborted;
  }

  private stepFrom(place: Place | undefined): Step | undefined {
    if (!this.facts) return undefined;
    if (!place) return { told: toldQueued(this.facts), place: QUEUED };
    if (this.record) return this.record.next(place, this.facts);
    const { attempt } = this;
    if (place.attempt < attempt)
      return { told: toldRunning(this.facts, attempt, this.pickedAt), place: { attempt, seq: 0 } };
    const piece = place.attempt === attempt ? this.around.window.get(place.seq) : undefined;
    return piece && { told: piece, place: { attempt, seq: place.seq + 1 } };
  }

  /** Whether something is there behind this place that the window does not have, and the runner does. */
  private lacks({ attempt, seq }: Place): boolean {
    return !this.record && this.isReadable && attempt === this.attempt && seq < this.written;
  }

  /** Asks the runner, one question at a time however many lack something. */
  private async fill(place: Place): Promise<void> {
    this.reading ??= this.ask(place).finally(() => (this.reading = undefined));
    await this.reading;
  }

  private async ask(place: Place): Promise<void> {
    const page = await this.around.sources.read(this.submissionId, place);
    const helps = page && (page.attempt > place.attempt || page.chunks.some(({ seq }) => seq === place.seq));
    if (helps && this.takePage(page)) return;
    this.isReadable = false;
    this.around.waiter.poke();
  }

  private take(message: OutputMessage): void {
    this.enterAttempt(message.attempt, message.picked_at);
    if (message.final) {
      this.written = Math.max(this.written, message.seq);
      this.hasEnded = true;
    } else {
      this.written = Math.max(this.written, message.seq + 1);
      this.around.window.put(message.seq, toldOutput(outputEvent(message)));
    }
    this.wake();
  }

  /** @returns whether it is of the present attempt: the runner of an earlier one may not know yet that it is void */
  private takePage(page: OutputPage): boolean {
    if (page.attempt < this.attempt) return false;
    this.enterAttempt(page.attempt, page.picked_at);
    this.isReadable = true;
    // Backwards: where there is room for little, it is the beginning that stays.
    for (const chunk of page.chunks.toReversed())
      this.around.window.put(chunk.seq, toldOutput(outputEvent(chunk)));
    this.written = Math.max(this.written, page.written);
    this.hasEnded ||= page.ended;
    this.wake();
    return true;
  }

  private enterAttempt(attempt: number, pickedAt: string | null): void {
    if (attempt <= this.attempt) return;
    this.attempt = attempt;
    this.pickedAt = pickedAt;
    this.written = 0;
    this.hasEnded = false;
    this.isReadable = true;
    this.around.window.clear();
    this.wake();
  }

  /** As long as the run goes on: finds out what no live message says, or what was not heard. */
  private async lookOut(firstMs?: number): Promise<void> {
    for (let ms = firstMs ?? (await this.look()); ms !== undefined; ms = await this.look()) {
      await this.around.waiter.wake(ms, this.ending.signal);
      if (this.around.isClosing()) this.end();
    }
  }

  /** @returns when to look again, in milliseconds, unless there is a reason before; undefined: never */
  private async look(): Promise<number | undefined> {
    if (this.isOver || this.record) return undefined;
    try {
      if (this.around.waiter.heard || this.hasEnded || !(await this.isGoingOn())) await this.readRecord();
      return this.hasEnded || !this.isReadable ? LOOK_AGAIN_MS : LOOK_EVERY_MS;
    } catch (error) {
      if (error instanceof Problem && error.code === 'unavailable') return LOOK_AGAIN_MS;
      // It was deleted, or there is no room for what came of it: whoever asks again is told so.
      if (!(error instanceof Problem)) this.logger.error(error);
      this.end();
      return undefined;
    }
  }

  /** Asks the runner for what is new. */
  private async isGoingOn(): Promise<boolean> {
    const page = await this.around.sources.read(this.submissionId, {
      attempt: this.attempt,
      seq: this.written,
    });
    return page !== undefined && this.takePage(page) && !page.ended;
  }

  /** @throws Problem `submission_not_found`, `overloaded`, `unavailable` */
  private async readRecord(): Promise<void> {
    const { sources, waiter, hold, window } = this.around;
    const found = waiter.heard ?? (await sources.replay(this.submissionId));
    if (!found) await sources.facts(this.submissionId);
    else if (!isFinal(found.result.status))
      this.enterAttempt(found.result.attempt, found.result.timeline.picked_at);
    else if (!this.isOver) {
      const record = new RunRecord(found.result, found.output_log);
      hold(record.bytes);
      this.record = record;
      window.clear();
      this.wake();
    }
  }

  private wake(): void {
    for (const wake of this.sleepers) wake();
  }

  private async somethingNew(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      this.sleepers.add(wake);
    });
  }
}
