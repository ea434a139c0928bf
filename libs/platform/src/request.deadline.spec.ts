import { headers } from '@nats-io/transport-node';
import { ArrivalClock, REPLY_WITHIN_MS, timeoutHeaders } from './request.deadline';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A clock whose process reads what has arrived when the test says so. */
function clock() {
  const time = { ms: 0 };
  const reads: (() => void)[] = [];
  const made = new ArrivalClock(
    () => time.ms,
    (then) => reads.push(then),
    100,
  );
  return {
    made,
    pass: (ms: number) => (time.ms += ms),
    /** The timer fires; `read` ends the reading behind it. */
    note: () => jest.advanceTimersByTime(100),
    read: () => reads.splice(0).forEach((then) => then()),
  };
}

it('takes a message for new while the process reads what comes', () => {
  const { made, pass, note, read } = clock();
  pass(200);
  expect(made.arrivedAt).toBe(200);
  note();
  read();
  pass(150);
  expect(made.arrivedAt).toBe(350);
  made[Symbol.dispose]();
});

it('finds that a message lay for as long as the process was stopped', () => {
  const { made, pass, note, read } = clock();
  pass(100);
  note();
  read();
  pass(20_000);
  // Wherever it was stopped: before its timer, or between that and the reading.
  note();
  expect(made.isLate(made.arrivedAt, { headers: timeoutHeaders(5_000) })).toBe(true);
  read();
  expect(made.isLate(made.arrivedAt, { headers: timeoutHeaders(5_000) })).toBe(false);
  made[Symbol.dispose]();
});

it.each([
  ['1000', 1_000],
  ['60000', REPLY_WITHIN_MS],
  [undefined, REPLY_WITHIN_MS],
  ['soon', REPLY_WITHIN_MS],
  ['-1', REPLY_WITHIN_MS],
  ['1e9', REPLY_WITHIN_MS],
])('with a timeout of %s, a reply is late after %i ms', (timeout, ms) => {
  const { made, pass } = clock();
  const given = headers();
  if (timeout !== undefined) given.set('Runbin-Timeout-Ms', timeout);
  const late = () => made.isLate(0, { headers: given });
  pass(ms);
  expect(late()).toBe(false);
  pass(1);
  expect(late()).toBe(true);
  made[Symbol.dispose]();
});
