import type { GetStatusResponse } from '@runbin/contracts/service.status';
import { StatusFeed } from './status.feed';

const STATUS = { status: 'ok' } as GetStatusResponse;

let answer: () => Promise<GetStatusResponse>;
let signals: AbortSignal[];
let feed: StatusFeed;

beforeEach(() => {
  jest.useFakeTimers();
  answer = () => Promise.resolve(STATUS);
  signals = [];
  feed = new StatusFeed((signal) => {
    signals.push(signal);
    return answer();
  });
});
afterEach(() => {
  feed.see(false);
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const asked = () => signals.length;

it('asks for nothing until somebody looks, then at once and again and again', async () => {
  await pass(10_000);
  expect(asked()).toBe(0);
  feed.see(true);
  await pass(0);
  expect(feed.state).toMatchObject({ status: STATUS, toldAt: Date.now(), problem: undefined });
  await pass(6_100);
  expect(asked()).toBe(4);
});

it('rests while it is paused or hidden, and is there at once afterwards', async () => {
  feed.see(true);
  await pass(0);
  feed.pause(true);
  await pass(60_000);
  feed.see(false);
  feed.see(true);
  await pass(60_000);
  expect([asked(), feed.state.isPaused]).toEqual([1, true]);
  feed.pause(false);
  await pass(0);
  expect(asked()).toBe(2);
  feed.see(false);
  await pass(60_000);
  expect(asked()).toBe(2);
  feed.see(true);
  expect(asked()).toBe(3);
});

it('keeps what was told when nothing new comes, says why, and goes on asking', async () => {
  feed.see(true);
  await pass(0);
  answer = () => Promise.reject(new Error('gone'));
  await pass(2_000);
  expect(feed.state).toMatchObject({ status: STATUS, problem: 'gone' });
  answer = () => Promise.resolve(STATUS);
  await pass(2_000);
  expect(feed.state.problem).toBeUndefined();
});

it('does not wait for ever', async () => {
  answer = () =>
    new Promise((_, reject) => {
      const signal = signals.at(-1);
      signal?.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  feed.see(true);
  await pass(10_000);
  expect(feed.state.problem).toBe('The server does not answer.');
  await pass(2_000);
  expect(asked()).toBe(2);
});

it('takes no answer that comes after it was left', async () => {
  let give: (status: GetStatusResponse) => void = () => undefined;
  answer = () => new Promise((resolve) => (give = resolve));
  feed.see(true);
  feed.pause(true);
  expect(signals[0]?.aborted).toBe(true);
  const changes = jest.fn();
  feed.onChange(changes);
  answer = () => Promise.reject(new Error('aborted'));
  feed.see(false);
  give(STATUS);
  await pass(10_000);
  expect(feed.state.problem).toBeUndefined();
  expect(asked()).toBe(1);
});
