import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NatsConnection } from '../../../libs/messaging/src/nats.connection';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { natsOptions } from '../../../libs/platform/src/nats.options';
import { TcpProxy } from './tcp.proxy.mjs';

const USERS = ['gateway', 'submission', 'result', 'url', 'runner'] as const;
/** More than the broker waits for somebody who has connected to say who it is. */
const SILENCE_MS = 3_500;

describe('a service whose way to the broker is broken', () => {
  let server: NatsServer;
  let wire: TcpProxy;
  let nats: NatsConnection;

  beforeEach(async () => {
    server = await NatsServer.start({
      config: path.join(__dirname, '../../../deploy/nats.conf'),
      env: Object.fromEntries(USERS.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, `of-${user}`])),
    });
    wire = new TcpProxy(() => Number(new URL(server.url).port));
    const NATS_URL = `nats://127.0.0.1:${await wire.listen()}`;
    nats = new NatsConnection(natsOptions({ NATS_URL, NATS_USER: 'url', NATS_PASSWORD: 'of-url' }, 'url'));
    await nats.onModuleInit();
  });

  afterEach(async () => {
    await nats.onApplicationShutdown();
    wire.close();
    await server.stop();
  });

  const reconnected = () => new Promise<void>((resolve) => nats.onReconnected(resolve));

  it('is connected again after silences in which the broker gave it up', async () => {
    for (let silence = 0; silence < 3; silence++) {
      const again = reconnected();
      wire.cut();
      wire.stall();
      await delay(SILENCE_MS);
      wire.heal();
      await again;
      await nats.ping();
    }
  });

  it('is connected again after the network forgot its connection', async () => {
    const again = reconnected();
    wire.forget();
    wire.heal();
    await again;
    await nats.ping();
  });
});
