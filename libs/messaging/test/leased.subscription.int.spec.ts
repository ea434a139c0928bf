import { connect, type NatsConnection } from '@nats-io/transport-node';
import { LeasedSubscription } from '@runbin/platform/leased.subscription';
import { until } from '../../platform/test/until';
import { NatsServer } from './nats.server';

const BURST = 1_000;
/** Between two bursts, by the clock that leases are measured with: longer than one that is used up fast lasts, shorter than an idle one. */
const APART_MS = 100;
/** By the same clock: many more bursts than it takes. */
const DEADLINE_MS = 50 * APART_MS;

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
    jest.restoreAllMocks();
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
    let clockMs = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => clockMs);
    const burst = async () => {
      const answers = Array.from({ length: BURST }, () =>
        asking.request('ask').then(
          () => true,
          () => false,
        ),
      );
      clockMs += APART_MS;
      return (await Promise.all(answers)).filter(Boolean).length;
    };
    expect(await burst()).toBeLessThan(BURST);
    await until('all of a burst is heard', async () => (await burst()) === BURST, DEADLINE_MS);
    await lease.stop();
  });
});
