// @ts-check
import { existsSync } from 'node:fs';
import { findBrowser } from './browser.mjs';
import { findProgram, outputOf, runQuietly } from './command.mjs';
import { Failure } from './failure.mjs';
import { step } from './progress.mjs';

/** The Debian packages of `npm start` itself, each with the sign that it is there. */
export const START_PACKAGES = [
  { name: 'bubblewrap', isThere: () => findProgram('bwrap') !== undefined },
  { name: 'nats-server', isThere: () => findProgram('nats-server') !== undefined },
  { name: 'gcc', isThere: () => findProgram('gcc') !== undefined },
  // The supervisor is linked statically. Without the library gcc answers with the bare name.
  { name: 'libc6-dev', isThere: () => existsSync(outputOf('gcc', ['-print-file-name=libc.a'])) },
];

/** What the end-to-end tests open pages with. */
export const BROWSER_PACKAGES = findBrowser() ? [] : ['chromium'];

/** What sets the clock of one process apart from the machine's. */
export const CLOCK_PACKAGES = ['libfaketime'];

/**
 * Which of these Debian packages are not installed.
 * @param {string[]} names
 */
export function missingPackages(names) {
  return names.filter(
    (name) => outputOf('dpkg-query', ['-W', '-f=${db:Status-Status}', name]) !== 'installed',
  );
}

/**
 * Installs Debian packages, or says how to.
 * @param {string[]} names
 */
export async function installPackages(names) {
  if (names.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  const prefix = rootPrefix();
  if (!findProgram('apt-get')) {
    throw new Failure(
      `Runbin needs programs that are not installed here (Debian's names): ${names.join(' ')}`,
    );
  }
  if (!prefix) {
    throw new Failure(
      `Runbin needs Debian packages that are not installed here. Install them, then start again:\n\n  sudo ${command}`,
    );
  }
  await step(`installing ${names.join(', ')}`, async () => {
    await aptGet(prefix, ['update', '-qq']);
    await aptGet(prefix, ['install', '-y', '-qq', '--no-install-recommends', ...names]);
    if (names.includes('nats-server')) await stopPackagedBroker(prefix);
  });
}

/** What makes a command root's: nothing, sudo without a password, or undefined when neither is to be had. */
export function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return findProgram('sudo') && outputOf('sudo', ['-n', 'id', '-u']) === '0' ? ['sudo', '-n'] : undefined;
}

/**
 * @param {string[]} prefix
 * @param {string[]} args
 */
function aptGet(prefix, args) {
  const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  return runQuietly(/** @type {string} */ (program), rest);
}

/**
 * Debian's package starts a broker of its own, without a password, on every address. We have just brought it
 * onto this machine and need only its program.
 * @param {string[]} prefix
 */
async function stopPackagedBroker(prefix) {
  if (!existsSync('/run/systemd/system')) return;
  const [program, ...rest] = [...prefix, 'systemctl', 'disable', '--now', 'nats-server'];
  await runQuietly(/** @type {string} */ (program), rest);
}
