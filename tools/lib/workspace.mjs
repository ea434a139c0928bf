// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { APPS } from './apps.mjs';
import { runQuietly } from './command.mjs';
import { Failure } from './failure.mjs';
import { takeLock } from './lock.mjs';
import { step } from './progress.mjs';
import { ROOT } from './root.mjs';

const OLDEST_NODE = [20, 19];
const LOCKFILE = 'package-lock.json';
const INSTALLED = 'node_modules/.runbin-installed';
const BUILT = 'dist/.runbin-built';
/** Tests are not built. */
const NO_INPUT = /\.spec\.tsx?$|\/test\//;
const BUILD_INPUTS = ['apps', 'libs', 'nest-cli.json', 'rspack.config.js', 'tsconfig.json', LOCKFILE];

/** Nest 12 is ESM and is loaded with require(), which older ones can not do. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Failure(
    `Runbin needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`,
  );
}

/** Installs the npm packages that package-lock.json names, unless exactly those are there. */
export async function installDependencies() {
  await exclusively(async () => {
    const wanted = hashOf([LOCKFILE]);
    if (readStamp(INSTALLED) === wanted) return;
    await step('installing npm packages', () => runQuietly('npm', ['ci', '--no-audit', '--no-fund']));
    writeStamp(INSTALLED, wanted);
  });
}

/** Builds the services, the pages and the supervisor, unless they were built from exactly these sources. */
export async function build() {
  await exclusively(async () => {
    const wanted = hashOf(BUILD_INPUTS, (file) => !NO_INPUT.test(file));
    if (readStamp(BUILT) === wanted && isBuilt()) return;
    await step('building', () => runQuietly('npm', ['run', '--silent', 'build']));
    writeStamp(BUILT, wanted);
  });
}

export function isBuilt() {
  const made = ['dist/supervisor', 'dist/web/manifest.json'].map((file) => path.join(ROOT, file));
  return [...made, ...APPS.map((app) => mainOf(app))].every((file) => existsSync(file));
}

/**
 * @param {string} app
 * @param {string} [root]
 */
export function mainOf(app, root = ROOT) {
  return path.join(root, 'dist/apps', app, 'main.js');
}

/**
 * One at a time in this clone: two copies may be started together.
 * @param {() => Promise<void>} work
 */
async function exclusively(work) {
  for (;;) {
    const lock = takeLock(path.join(ROOT, '.runbin-build.lock'));
    if (!lock.release) {
      await delay(100);
      continue;
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }
}

/**
 * One hash over the content of files and of everything below folders.
 * @param {string[]} inputs relative to the clone
 * @param {(file: string) => boolean} [counts] which files
 */
function hashOf(inputs, counts = () => true) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesBelow).filter(counts).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} name
 * @returns {string[]}
 */
function filesBelow(name) {
  if (path.basename(name) === 'node_modules') return [];
  const found = readdirOrNull(path.join(ROOT, name));
  return found?.flatMap((entry) => filesBelow(path.join(name, entry))) ?? [name];
}

/** @param {string} dir */
function readdirOrNull(dir) {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return null;
    throw error;
  }
}

/** @param {string} stamp */
function readStamp(stamp) {
  const file = path.join(ROOT, stamp);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * @param {string} stamp
 * @param {string} value
 */
function writeStamp(stamp, value) {
  const file = path.join(ROOT, stamp);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, value);
}
