// @ts-check
import { join } from 'node:path';
import { outputOf, runQuietly, runVisibly } from './command.mjs';
import { freshEnvironment } from './env.file.mjs';
import { freePort } from './ports.mjs';
import { step } from './progress.mjs';
import { ROOT } from './root.mjs';

/** Replicas that the tests run against: work and events must spread over them. */
const SCALE = ['--scale', 'runner=2', '--scale', 'result=2'];

/** Whether a Docker engine with Compose v2 answers. */
export function hasCompose() {
  return (
    outputOf('docker', ['version', '--format', '{{.Server.Version}}']) !== '' &&
    outputOf('docker', ['compose', 'version']) !== ''
  );
}

/**
 * Builds the images ahead, which is mostly downloading and unpacking. What fails here fails, and says why, when the
 * containers are started.
 */
export async function buildComposed() {
  await runQuietly('docker', ['compose', 'build'], { env: { ...process.env, ...freshEnvironment() } }).catch(
    () => undefined,
  );
}

/**
 * What makes the containers a project of its own, with secrets of its own.
 * @param {string} project
 * @param {string} port that the gateway is published on, or a range of them
 * @returns {NodeJS.ProcessEnv}
 */
export function composedEnvironment(project, port) {
  return {
    ...process.env,
    ...freshEnvironment(),
    COMPOSE_PROJECT_NAME: project,
    PORT: port,
    // All requests come from one address, which is not the gateway's own.
    GATEWAY_CLIENT_RATE_PER_S: '0',
    GATEWAY_CLIENT_READ_RATE_PER_S: '0',
    SUBMISSION_CLIENT_UNFINISHED_MAX: '10000',
    SUBMISSION_CLIENT_BYTES_PER_DAY: '0',
    // Ours: its programs are written to misbehave under any compiler.
    RUNBIN_HOSTILE_DIR: join(ROOT, 'hostile'),
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} args
 */
export const compose = (env, ...args) => runVisibly('docker', ['compose', ...args], env);

/**
 * Builds and starts the containers as a project of its own, with secrets, port and volumes of its own, runs the
 * tests against it, and removes it.
 * @param {(env: NodeJS.ProcessEnv) => Promise<import('./test.report.mjs').Tally>} test gets the environment that names it
 * @returns {Promise<import('./test.report.mjs').Tally>}
 */
export async function withComposed(test) {
  const port = await freePort();
  const env = {
    ...composedEnvironment('runbin-test', String(port)),
    RUNBIN_URL: `http://127.0.0.1:${port}`,
    RUNBIN_COMPOSE: '1',
  };
  const remove = () => compose(env, 'down', '--volumes', '--timeout', '20');
  // What an earlier one that was killed left behind has other secrets.
  await remove();
  try {
    const code = await step('building and starting the containers\n', () =>
      compose(env, 'up', '--build', '--wait', '--quiet-pull', ...SCALE),
    );
    if (code === 0) return await test(env);
    await compose(env, 'logs', '--tail', '50');
    return { passed: 0, failed: 1 };
  } finally {
    await remove();
  }
}
