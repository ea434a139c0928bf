import type { NatsConnection } from '@runbin/messaging/nats.connection';
import { type RunChannel, RunChannels } from './run.channel';

const MIB = 1024 * 1024;

/** A broker that knows who listens. */
let listening: Set<string>;
let channels: RunChannels;

beforeEach(() => {
  jest.useFakeTimers();
  listening = new Set();
  channels = new RunChannels({
    core: {
      subscribe: (subject: string) => {
        listening.add(subject);
        return { unsubscribe: () => listening.delete(subject) };
      },
    },
    emit: () => undefined,
  } as unknown as NatsConnection);
});
afterEach(() => jest.useRealTimers());

const open = (id: string) => channels.open({ submission_id: id, attempt: 1, picked_at: null }, null);

function write(channel: RunChannel, bytes: number): void {
  channel.onOutput({ stream: 'stdout', seq: 0, atMs: 0, bytes: Buffer.alloc(bytes) });
}

/** A run that writes so much, and ends. */
function run(id: string, bytes: number): void {
  using channel = open(id);
  write(channel, bytes);
  channel.end();
  channel.linger();
}

it('hears a run from its beginning until a moment after its end', () => {
  run('a', 10);
  expect([...listening]).toEqual(['input.a']);
  jest.advanceTimersByTime(1_999);
  expect([...listening]).toEqual(['input.a']);
  jest.advanceTimersByTime(1);
  expect([...listening]).toEqual([]);
});

it('hears no more of a run that is given back', () => {
  {
    using channel = open('a');
    write(channel, 10);
  }
  expect([...listening]).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});

it('keeps a bounded number of bytes of runs that have ended: the oldest go first', () => {
  for (let i = 0; i < 10; i++) run(String(i), 16 * MIB);
  expect([...listening]).toEqual(['input.7', 'input.8', 'input.9']);
  expect(jest.getTimerCount()).toBe(3);
  run('large', 70 * MIB);
  expect([...listening]).toEqual([]);
  expect(jest.getTimerCount()).toBe(0);
});
