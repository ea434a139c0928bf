import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { NatsServer } from './nats.server';

const USERS = ['gateway', 'submission', 'result', 'url', 'runner'] as const;
/** Three pings; a recovery that takes 30 s in all leaves no more. */
const BOUND_MS = 20_000;

it('the broker gives up a connection that says nothing any more', async () => {
  const server = await NatsServer.start({
    config: path.join(__dirname, '../../../deploy/nats.conf'),
    env: Object.fromEntries(USERS.map((user) => [`NATS_${user.toUpperCase()}_PASSWORD`, `of-${user}`])),
  });
  try {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    // It hears everything and answers nothing: as a process that is frozen, or behind a router that forgot it.
    socket.resume();
    socket.write('CONNECT {"user":"url","pass":"of-url","verbose":false}\r\nSUB url.resolve url 1\r\n');
    const since = performance.now();
    await once(socket, 'close');
    expect(performance.now() - since).toBeLessThan(BOUND_MS);
  } finally {
    await server.stop();
  }
});
