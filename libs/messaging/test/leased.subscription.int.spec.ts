import { connect, type NatsConnection } from '@nats-io/transport-node';
import { LeasedSubscription } from '@runbin/platform/leased.subscription';
import { until } from '../../platform/test/until';
import { NatsServer } from './nats.server';

const BURST = 1_000;
/** Longer than a lease that is used up fast lasts, and shorter than an idle one. */
const BUSY_MS = 100;

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
    const burst = async () => {
      const answers = Array.from({ length: BURST }, () =>
        asking.request('ask').then(
          () => true,
          () => false,
        ),
      );
      await asking.flush();
      // eslint-disable-next-line no-restricted-properties -- the questions must lie there unread
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_MS);
      return (await Promise.all(answers)).filter(Boolean).length;
    };
    expect(await burst()).toBeLessThan(BURST);
    await until('all of a burst is heard', async () => (await burst()) === BURST);
    await lease.stop();
  });
});
