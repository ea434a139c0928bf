import type { NatsConnection } from '@nats-io/transport-node';

/** In which a connection that was given up is closed. */
const CLOSE_MS = 3_000;

/**
 * Resolves to what is wrong with a connection that its client does not get over, and to undefined when it was closed
 * on purpose. The client gives up what the network forgot, and closes it only after it has written all that it still
 * had to say: never, where the socket took no more. A new process is heard again.
 */
export async function untilHopeless(connection: NatsConnection): Promise<Error | undefined> {
  const closed = connection
    .closed()
    .then((error) =>
      error ? new Error('the connection to NATS has closed for good', { cause: error }) : undefined,
    );
  return Promise.race([closed, untilStuck(connection)]);
}

async function untilStuck(connection: NatsConnection): Promise<Error> {
  return new Promise((resolve) => {
    const stuck = () => resolve(new Error('a connection to NATS that was given up can not be closed'));
    let closing: NodeJS.Timeout | undefined;
    void (async () => {
      let isOpen = true;
      for await (const { type } of connection.status()) {
        if (type === 'reconnect') isOpen = true;
        if (type === 'disconnect') {
          isOpen = false;
          clearTimeout(closing);
        }
        // Said while it is being made, too, of the one before.
        if (type === 'staleConnection' && isOpen) closing = setTimeout(stuck, CLOSE_MS).unref();
      }
    })();
  });
}
