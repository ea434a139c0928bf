import { RecordedOutput } from '@runbin/contracts/output.pieces';
import type { OutputLog, Result } from '@runbin/contracts/result';
import type { Place } from './run.place';
import { type RunFacts, type Told, toldFinished, toldOutput, toldRunning } from './told';

/** An event and the place behind it; null: nothing follows. */
export interface Step {
  readonly told: Told;
  readonly place: Place | null;
}

/** A run that is over, told from what was stored of it. */
export class RunRecord {
  private readonly output: RecordedOutput;
  private readonly finished: Told;
  private readonly attempt: number;
  private readonly pickedAt: string | null;
  /** Bytes that it keeps in memory. */
  readonly bytes: number;

  constructor(result: Result, log: OutputLog | null) {
    this.output = new RecordedOutput(result, log);
    this.finished = toldFinished(result);
    this.attempt = result.attempt;
    this.pickedAt = result.timeline.picked_at;
    this.bytes = result.stdout.length + result.stderr.length;
  }

  /** What follows a place. In another attempt than the one that counts everything is yet to come. */
  next(place: Place, facts: RunFacts): Step {
    const { attempt } = this;
    if (place.attempt !== attempt && attempt > 0)
      return { told: toldRunning(facts, attempt, this.pickedAt), place: { attempt, seq: 0 } };
    const piece = this.output.at(place.seq);
    return piece
      ? { told: toldOutput(piece), place: { attempt, seq: place.seq + 1 } }
      : { told: this.finished, place: null };
  }
}
