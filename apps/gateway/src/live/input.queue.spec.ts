import type { InputMessage } from '@runbin/contracts/live';
import { InputQueue } from './input.queue';
import type { Delivery } from './run.inputs';

const stdin = (data: string): InputMessage => ({ v: 1, kind: 'stdin', data, encoding: 'utf-8' });
const interrupt: InputMessage = { v: 1, kind: 'signal', signal: 'INT' };

let taken: string[];
let refused: string[];
let drained: number;
let answer: (message: InputMessage) => Delivery;
let queue: InputQueue;

beforeEach(() => {
  jest.useFakeTimers();
  [taken, refused, drained] = [[], [], 0];
  answer = () => 'taken';
  queue = new InputQueue({
    deliver: (message) => {
      const delivery = answer(message);
      if (delivery === 'taken') taken.push(message.kind === 'stdin' ? message.data : `<${message.kind}>`);
      return Promise.resolve(delivery);
    },
    refused: (reason) => refused.push(reason),
    drained: () => drained++,
  });
});
afterEach(() => {
  queue.stop();
  jest.useRealTimers();
});

const pass = (ms = 0) => jest.advanceTimersByTimeAsync(ms);

it('hands everything on in order, one at a time', async () => {
  for (const text of ['a', 'b', 'c']) queue.push(stdin(text));
  queue.push(interrupt);
  queue.push(stdin('d'));
  await pass();
  expect(taken).toEqual(['a', 'b', 'c', '<signal>', 'd']);
});

it.each(['nobody', 'queue_full'] as const)('keeps what %s takes, and offers it again', async (delivery) => {
  answer = () => delivery;
  for (const text of ['a', 'b']) queue.push(stdin(text));
  await pass(10_000);
  expect([taken, refused]).toEqual([[], []]);
  answer = () => 'taken';
  await pass(500);
  expect(taken).toEqual(['a', 'b']);
});

it('offers again at once when there is a reason', async () => {
  answer = () => 'nobody';
  queue.push(stdin('a'));
  await pass(10_000);
  answer = () => 'taken';
  queue.wake();
  await pass();
  expect(taken).toEqual(['a']);
});

it('lets a signal pass what the program does not read, and nothing pass what nobody hears', async () => {
  answer = ({ kind }) => (kind === 'stdin' ? 'queue_full' : 'taken');
  queue.push(stdin('unread'));
  await pass(10_000);
  queue.push(interrupt);
  await pass();
  expect(taken).toEqual(['<signal>']);
  answer = () => 'nobody';
  queue.push(interrupt);
  await pass(1_000);
  answer = () => 'taken';
  await pass(1_000);
  expect(taken).toEqual(['<signal>', 'unread', '<signal>']);
});

it('says what is refused, and goes on', async () => {
  answer = (message) => (message.kind === 'stdin' && message.data === 'b' ? 'closed' : 'taken');
  for (const text of ['a', 'b', 'c']) queue.push(stdin(text));
  await pass();
  expect([taken, refused]).toEqual([['a', 'c'], ['closed']]);
});

it('is full at some bytes, or some messages, and says when it is not any more', async () => {
  answer = () => 'queue_full';
  queue.push(stdin('x'.repeat(128 * 1024 - 1)));
  expect(queue.isFull).toBe(false);
  queue.push(stdin('y'));
  expect(queue.isFull).toBe(true);
  await pass();
  expect(drained).toBe(0);
  answer = () => 'taken';
  await pass(500);
  expect([queue.isFull, drained]).toEqual([false, 2]);
  answer = () => 'queue_full';
  for (let count = 0; count < 256; count++) queue.push(stdin(''));
  expect(queue.isFull).toBe(true);
});

it('forgets everything when it is stopped', async () => {
  answer = () => 'nobody';
  queue.push(stdin('a'));
  await pass(100);
  queue.stop();
  answer = () => 'taken';
  await pass(10_000);
  expect([taken, jest.getTimerCount()]).toEqual([[], 0]);
});
