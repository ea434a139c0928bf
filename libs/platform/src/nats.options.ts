import type { SharedConfig } from './config';

type NatsConfig = Pick<SharedConfig, 'NATS_URL' | 'NATS_USER' | 'NATS_PASSWORD'>;

/**
 * How every connection of ours reaches NATS: for ever, with a back-off of at most 2 s and jitter.
 * Inboxes carry the user's name, so that NATS can forbid one service to read another's replies.
 */
export function natsOptions(config: NatsConfig, name: string) {
  return {
    servers: config.NATS_URL.split(','),
    name,
    ...(config.NATS_USER === undefined
      ? {}
      : { user: config.NATS_USER, inboxPrefix: `_INBOX_${config.NATS_USER}` }),
    ...(config.NATS_PASSWORD === undefined ? {} : { pass: config.NATS_PASSWORD }),
    maxReconnectAttempts: -1,
    // Else each request takes a stack trace in case it fails: of our own frames, which the log shows anyway.
    noAsyncTraces: true,
    // A server that is slow to be reached says `Authentication Timeout`; at the second one the client would close for good.
    ignoreAuthErrorAbort: true,
    waitOnFirstConnect: true,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // A connection that the network forgot is noticed within three of them.
    pingInterval: 3_000,
    maxPingOut: 2,
    // A server that took the connection and says nothing more is asked again after this. The server itself waits as long.
    timeout: 2_000,
  };
}
