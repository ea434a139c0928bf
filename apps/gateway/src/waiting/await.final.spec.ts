import type { NatsConnection } from '@runbin/messaging/nats.connection';
import { Problem } from '@runbin/platform/problem';
import type { Result } from '@runbin/contracts/result';
import { queuedResult } from '../submissions/queued.result';
import { awaitFinal } from './await.final';
import { ResultWaiters } from './result.waiters';

const ID = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';
const queued = queuedResult({ submission_id: ID, language: 'c', created_at: '2026-01-01T00:00:00.000Z' });
const final: Result = { ...queued, status: 'succeeded' };

type Callback = (error: Error | null, message: { subject: string; json(): unknown }) => void;

/** A broker connection whose announcements and reconnects the test makes. */
class Broker {
  private callback: Callback | undefined;
  private reconnected: (() => void) | undefined;
  readonly core = {
    subscribe: (_: string, { callback }: { callback: Callback }) => (this.callback = callback),
  };

  onReconnected(listener: () => void): void {
    this.reconnected = listener;
  }

  announce(message: unknown, subject = `result.ready.${ID}`): void {
    this.callback?.(null, { subject, json: () => message });
  }

  reconnect(): void {
    this.reconnected?.();
  }
}

describe('waiting for a result', () => {
  let broker: Broker;
  let waiters: ResultWaiters;
  let asked: number;
  let answer: () => Promise<Result>;
  const ask = () => {
    asked++;
    return answer();
  };

  beforeEach(() => {
    jest.useFakeTimers();
    broker = new Broker();
    waiters = new ResultWaiters(broker as unknown as NatsConnection);
    waiters.onModuleInit();
    asked = 0;
    answer = () => Promise.resolve(queued);
  });
  afterEach(() => jest.useRealTimers());

  async function wait(
    options: { waitMs?: number; signal?: AbortSignal; known?: Result } = {},
  ): Promise<Result> {
    using waiter = waiters.register(ID);
    return await awaitFinal(waiters, waiter, ask, {
      waitMs: 10_000,
      signal: new AbortController().signal,
      ...options,
    });
  }

  it('never polls: one question at the beginning, one at the end', async () => {
    const waiting = wait();
    await jest.advanceTimersByTimeAsync(9_999);
    expect(asked).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect((await waiting).status).toBe('queued');
    expect(asked).toBe(2);
    expect(waiters.size).toBe(0);
  });

  it('does not miss what is announced between the question and its answer', async () => {
    answer = () => {
      broker.announce({ submission_id: ID, final: true });
      answer = () => Promise.resolve(final);
      return Promise.resolve(queued);
    };
    expect((await wait()).status).toBe('succeeded');
    expect(asked).toBe(2);
  });

  it('asks once when the submission is known to be queued', async () => {
    const waiting = wait({ known: queued });
    answer = () => Promise.resolve(final);
    broker.announce({ submission_id: ID, final: true });
    expect((await waiting).status).toBe('succeeded');
    expect(asked).toBe(1);
  });

  it('does not ask for what was announced whole', async () => {
    const waiting = wait();
    await jest.advanceTimersByTimeAsync(1);
    broker.announce({ submission_id: ID, final: true, replay: { result: final, output_log: null } });
    expect((await waiting).status).toBe('succeeded');
    expect(asked).toBe(1);
  });

  it.each([
    ['was deleted since', { submission_id: ID, final: true }],
    ['came in no form', { submission_id: ID, final: true, replay: 'nonsense' }],
  ])('asks when what was announced whole %s', async (_name, message) => {
    const waiting = wait();
    await jest.advanceTimersByTimeAsync(1);
    answer = () => Promise.reject(new Problem('submission_not_found', 'deleted'));
    broker.announce({ submission_id: ID, final: true, replay: { result: final, output_log: null } });
    broker.announce(message);
    await expect(waiting).rejects.toMatchObject({ code: 'submission_not_found' });
  });

  it.each([
    ['a run that started', { submission_id: ID, final: false }, undefined],
    [
      'another submission',
      { submission_id: ID, final: true },
      'result.ready.019338e0-0000-7000-8000-000000000000',
    ],
    ['nonsense', 'nonsense', undefined],
  ])('is not woken by %s', async (_name, message, subject) => {
    const waiting = wait();
    await jest.advanceTimersByTimeAsync(1);
    broker.announce(message, subject);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toBe(1);
    await jest.advanceTimersByTimeAsync(10_000);
    await waiting;
  });

  it('asks again after a reconnect, and again when nobody could answer yet', async () => {
    const waiting = wait();
    await jest.advanceTimersByTimeAsync(1);
    answer = () => Promise.reject(new Problem('unavailable', 'not yet'));
    broker.reconnect();
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toBe(2);
    answer = () => Promise.resolve(final);
    await jest.advanceTimersByTimeAsync(500);
    expect((await waiting).status).toBe('succeeded');
    expect(asked).toBe(3);
  });

  it('says at once that the first question was not answered', async () => {
    answer = () => Promise.reject(new Problem('unavailable', 'no'));
    await expect(wait()).rejects.toMatchObject({ code: 'unavailable' });
    expect(waiters.size).toBe(0);
  });

  it('ends, without a question, when the client goes away', async () => {
    const client = new AbortController();
    const waiting = wait({ signal: client.signal });
    await jest.advanceTimersByTimeAsync(1);
    client.abort();
    await waiting;
    expect([asked, waiters.size, jest.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it('answers what is known when the gateway stops', async () => {
    const waiting = wait();
    await jest.advanceTimersByTimeAsync(1);
    waiters.onModuleDestroy();
    expect((await waiting).status).toBe('queued');
    expect((await wait()).status).toBe('queued');
  });

  it('wakes every one who waits for the same submission', async () => {
    const waiting = Promise.all([wait(), wait(), wait()]);
    await jest.advanceTimersByTimeAsync(1);
    answer = () => Promise.resolve(final);
    broker.announce({ submission_id: ID, final: true });
    expect((await waiting).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });
});
