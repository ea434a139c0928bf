import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { Recent } from './recent';

/**
 * How late a reply may be. Whoever asks says in a header for how many milliseconds it waits; behind that nobody reads
 * the reply. And the broker lets a service publish it for 10 s only (allow_responses in deploy/nats.conf): behind that
 * a reply is a permission violation, an error in the broker's log and on the connection. The time counts from when
 * the request arrived, on the clock of this process: the clocks of two machines may differ by more than a timeout.
 */
const TIMEOUT_HEADER = 'Runbin-Timeout-Ms';

/** What the broker allows, less a pause that is not noticed, and what request and reply may be on their way. */
export const REPLY_WITHIN_MS = 9_000;

/** How often it is noted that this process reads what arrives. A pause of twice that is noticed. */
const NOTE_EVERY_MS = 250;

/** Of the few times that most requests are waited for. */
const made = new Recent<MsgHdrs>(100);

/** Headers of a request that is waited for this long; not to be changed. */
export function timeoutHeaders(timeoutMs: number): MsgHdrs {
  const text = String(Math.ceil(timeoutMs));
  const known = made.get(text);
  if (known) return known;
  const fresh = headers();
  fresh.set(TIMEOUT_HEADER, text);
  made.set(text, fresh, 1);
  return fresh;
}

/**
 * When messages arrived. A process that was stopped, or busy for seconds, finds messages that may have been in its
 * socket all that time: they count as old as the last time that it read. What is noted in a timer precedes the event
 * loop's next reading, and holds once that is over.
 */
export class ArrivalClock implements Disposable {
  private readAt: number;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly now: () => number = () => performance.now(),
    afterReading: (then: () => void) => void = setImmediate,
    private readonly noteEveryMs = NOTE_EVERY_MS,
  ) {
    this.readAt = now();
    this.timer = setInterval(() => {
      const before = now();
      afterReading(() => (this.readAt = before));
    }, noteEveryMs).unref();
  }

  /** Of a message that is read now: now, or behind a pause the earliest moment at which it can have arrived. */
  get arrivedAt(): number {
    const now = this.now();
    return now - this.readAt > 2 * this.noteEveryMs ? this.readAt : now;
  }

  /** @returns whether nobody waits any more for the reply to a message that arrived then */
  isLate(
    arrivedAt: number,
    message: { readonly headers?: MsgHdrs | undefined },
    withinMs = REPLY_WITHIN_MS,
  ): boolean {
    return this.now() - arrivedAt > Math.min(timeoutOf(message.headers) ?? Infinity, withinMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}

/** Undefined: it does not say, as those before this did not, and tools do not. */
function timeoutOf(given: MsgHdrs | undefined): number | undefined {
  const text = given?.get(TIMEOUT_HEADER) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
