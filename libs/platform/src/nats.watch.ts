import { connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a connection is asked, and how long it may take to answer. */
const ASK_MS = 3_000;
/** The client itself gives a connection up after three of these (natsOptions). */
const SILENCES = 4;

/**
 * Resolves to what is wrong with a connection that its client does not get over, and to undefined when it was closed
 * on purpose. One that waits for a broker which is away is in order. Not so one that stays silent while a new one to
 * the same broker is made at once: what the network forgot, the client closes only after it has written all that it
 * still had to say, which may be never. A new process is heard again.
 */
export async function untilHopeless(
  connection: NatsConnection,
  options: ConnectionOptions,
): Promise<Error | undefined> {
  const closed = connection.closed().then((error) => ({ error }));
  for (let silences = 0; ;) {
    const end = await Promise.race([closed, delay(silences === 0 ? ASK_MS : 0, undefined, { ref: false })]);
    if (end?.error) return new Error('the connection to NATS has closed for good', { cause: end.error });
    if (end) return undefined;
    silences = (await answers(connection)) ? 0 : silences + 1;
    if (silences >= SILENCES && (await isReachable(options)))
      return new Error('the connection to NATS is silent, and a new one is not');
  }
}

/** A silence takes its time, also where it is known at once. */
async function answers(connection: NatsConnection): Promise<boolean> {
  const late = delay(ASK_MS, false, { ref: false });
  return Promise.race([
    late,
    connection.flush().then(
      () => true,
      () => late,
    ),
  ]);
}

async function isReachable(options: ConnectionOptions): Promise<boolean> {
  try {
    const connection = await connect({ ...options, reconnect: false, waitOnFirstConnect: false });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
