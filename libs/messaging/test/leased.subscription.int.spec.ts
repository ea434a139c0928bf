import { connect, type NatsConnection } from '@nats-io/transport-node';
import { NatsServer } from './nats.server';
import { LeasedSubscription } from '../../platform/src/leased.subscription';

const BURST = 1_000;
/** Longer than any lease that is used up fast may last. */
const BUSY_MS = 100;
/** From the smallest lease, four times as many with each. */
const ROUNDS = 6;

describe('a leased subscription', () => {
  let server: NatsServer;
  let asking: NatsConnection;
  let answering: NatsConnection;

  beforeEach(async () => {
    server = await NatsServer.start();
    asking = await connect({ servers: server.url });
    answering = await connect({ servers: server.url });
  });
  afterEach(async () => {
    await asking.close();
    await answering.close();
    await server.stop();
  });

  it('grows with a burst that its holder is too busy to see', async () => {
    const lease = new LeasedSubscription(answering, {
      subject: 'ask',
      queue: 'ask',
      handle: (_error, message) => void message.respond(),
    });
    await answering.flush();
    const heard: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const answers = Array.from({ length: BURST }, () =>
        asking.request('ask').then(
          () => true,
          () => false,
        ),
      );
      await asking.flush();
      // eslint-disable-next-line no-restricted-properties -- the questions must lie there unread
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
      heard.push((await Promise.all(answers)).filter(Boolean).length);
    }
    expect(heard.at(-1)).toBe(BURST);
    expect(heard[0]).toBeLessThan(BURST);
    await lease.stop();
  });
});
