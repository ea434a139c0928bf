// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { findProgram, outputOf } from './command.mjs';
import { ROOT } from './root.mjs';

const READY_TIMEOUT_MS = 30_000;

/**
 * The broker: a real nats-server with JetStream, on loopback.
 * @param {string} dataDir the data directory of Runbin
 * @param {number} port
 * @param {Record<string, string>} passwords password per user
 * @returns {import('./supervised.process.mjs').ProcessSpec}
 */
export function natsSpec(dataDir, port, passwords) {
  const program = findProgram('nats-server') ?? 'nats-server';
  const config = path.join(ROOT, 'deploy', syncsEachWrite(program) ? 'nats.durable.conf' : 'nats.conf');
  return {
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
      path.join(dataDir, 'nats'),
    ],
    env: natsEnvironment(passwords),
    cwd: ROOT,
    stopSignal: 'SIGTERM',
    stopGraceMs: 5_000,
    // Its warnings name settings that are as they are on purpose (large payloads).
    shows: (line) => /\[(ERR|FTL)\]/.test(line),
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
