/**
 * Tells the moments of one run as times of day. They are measured by the monotonic clock and counted from one
 * reading of the other: a clock that is set meanwhile changes neither their order nor what lies between them.
 */
export class RunClock {
  private readonly startedAt = performance.now();
  private readonly startedOn = Date.now();

  /** @param moment in milliseconds of `performance.now()`; now when left out */
  iso(moment = performance.now()): string {
    return new Date(this.startedOn + (moment - this.startedAt)).toISOString();
  }

  isoOrNull(moment: number | null): string | null {
    return moment === null ? null : this.iso(moment);
  }
}
