import type { Msg } from '@nats-io/transport-node';
import { ACK_WAIT_MS, Delivery, LeaseLost } from './delivery';

describe('a message in work', () => {
  const working = jest.fn();
  const delivery = new Delivery({ respond: working } as unknown as Msg);
  let stopping: AbortController;
  let now: jest.SpiedFunction<typeof performance.now>;

  beforeEach(() => {
    jest.useFakeTimers();
    now = jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    stopping = new AbortController();
    working.mockClear();
  });
  afterEach(() => {
    now.mockRestore();
    jest.useRealTimers();
  });

  it('is told to be alive for as long as it is held', () => {
    const lease = delivery.keepAlive(stopping.signal);
    jest.advanceTimersByTime(10 * ACK_WAIT_MS);
    expect(working).toHaveBeenCalledTimes(40);
    lease[Symbol.dispose]();
    jest.advanceTimersByTime(ACK_WAIT_MS);
    expect(working).toHaveBeenCalledTimes(40);
    expect(lease.signal.aborted).toBe(false);
  });

  it('is lost by a process that did not run, and not touched by it any more', () => {
    using lease = delivery.keepAlive(stopping.signal);
    jest.advanceTimersByTime(ACK_WAIT_MS);
    working.mockClear();
    jest.setSystemTime(Date.now() + 2 * ACK_WAIT_MS); // stopped: no timer went off meanwhile
    jest.advanceTimersByTime(ACK_WAIT_MS);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLost);
    expect(working).not.toHaveBeenCalled();
  });

  it('ends with whoever works on it', () => {
    using lease = delivery.keepAlive(stopping.signal);
    stopping.abort('stopping');
    expect(lease.signal.reason).toBe('stopping');
    using late = delivery.keepAlive(stopping.signal);
    expect(late.signal.aborted).toBe(true);
  });
});
