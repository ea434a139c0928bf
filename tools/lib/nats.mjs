// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { findProgram, outputOf } from './command.mjs';
import { ROOT } from './root.mjs';
import { asUser, giveTo, isRoot, UIDS } from './unprivileged.mjs';

const READY_TIMEOUT_MS = 30_000;
const ANSWER_TIMEOUT_MS = 2_000;
/** Who may look at which stream. */
const STREAMS = /** @type {const} */ ([
  ['submission', 'WORK'],
  ['result', 'RUNS'],
]);

/**
 * The broker: a real nats-server with JetStream, on loopback.
 * @param {string} dataDir the data directory of Runbin
 * @param {number} port
 * @param {Record<string, string>} passwords password per user
 * @param {string} [monitorPort] on which it tells its counters to everyone on this machine
 * @returns {import('./supervised.process.mjs').ProcessSpec}
 */
export function natsSpec(dataDir, port, passwords, monitorPort) {
  const program = findProgram('nats-server') ?? 'nats-server';
  const config = path.join(ROOT, 'deploy', syncsEachWrite(program) ? 'nats.durable.conf' : 'nats.conf');
  const store = path.join(dataDir, 'nats');
  /** @type {import('./supervised.process.mjs').ProcessSpec} */
  const spec = {
    name: 'nats',
    program,
    args: [
      '--config',
      config,
      '--addr',
      '127.0.0.1',
      '--port',
      String(port),
      '--jetstream',
      '--store_dir',
      store,
      ...(monitorPort ? ['--http_port', monitorPort] : []),
    ],
    env: natsEnvironment(passwords),
    cwd: ROOT,
    stopSignal: 'SIGTERM',
    stopGraceMs: 5_000,
    // Its warnings name settings that are as they are on purpose (large payloads).
    shows: (line) => /\[(ERR|FTL)\]/.test(line),
    answers: () => streamsAnswer(port, passwords),
  };
  if (!isRoot()) return spec;
  const uid = /** @type {number} */ (UIDS.nats);
  const prepare = () => Promise.resolve(giveTo(store, uid));
  giveTo(store, uid);
  return {
    ...spec,
    prepare,
    ...asUser({ uid, signal: 'SIGTERM', paths: [ROOT, store] }, program, spec.args),
  };
}

/**
 * The variables that deploy/nats.conf names.
 * @param {Record<string, string>} passwords
 */
export function natsEnvironment(passwords) {
  return Object.fromEntries(
    Object.entries(passwords).map(([user, password]) => [`NATS_${user.toUpperCase()}_PASSWORD`, password]),
  );
}

/**
 * `sync_interval: always` came with 2.10; older servers (Debian 12 has one) refuse the word.
 * @param {string} program
 */
function syncsEachWrite(program) {
  const [, major = 0, minor = 0] = (/v(\d+)\.(\d+)/.exec(outputOf(program, ['--version'])) ?? []).map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}

/**
 * Asks for every stream. That one is missing is an answer; none at all means that it is stuck for good: a server
 * whose disk was full goes on greeting, and answers nothing more of the stream it could not write to, whatever is
 * free later (seen with nats-server 2.9).
 * @param {number} port
 * @param {Record<string, string>} passwords
 */
async function streamsAnswer(port, passwords) {
  const transport = createRequire(path.join(ROOT, 'package.json'))('@nats-io/transport-node');
  for (const [user, stream] of STREAMS) {
    const connection = await transport.connect({
      servers: `127.0.0.1:${port}`,
      user,
      pass: passwords[user],
      inboxPrefix: `_INBOX_${user}`,
      timeout: ANSWER_TIMEOUT_MS,
      reconnect: false,
    });
    try {
      await connection.request(`$JS.API.STREAM.INFO.${stream}`, '', { timeout: ANSWER_TIMEOUT_MS });
    } finally {
      await connection.close();
    }
  }
}

/**
 * Waits until the server greets, as a NATS server does to whoever connects.
 * @param {number} port
 * @param {AbortSignal} signal
 */
export async function natsReady(port, signal) {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await greets(port))) {
    if (signal.aborted || performance.now() > deadline)
      throw new Error(`nats-server does not answer at 127.0.0.1:${port}`);
    await delay(20);
  }
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function greets(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('INFO'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
