// @ts-check
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { outputOf, runQuietly } from '../lib/command.mjs';
import { Failure } from '../lib/failure.mjs';
import { step } from '../lib/progress.mjs';
import { ROOT } from '../lib/root.mjs';

/** Debian's name for its kernel for virtual machines: a third of the size of the one for hardware. */
export const DEFAULT_KERNEL = 'linux-image-cloud-amd64';
const KERNELS_DIR = path.join(ROOT, 'dist/cgroup2');

/** @typedef {{image: string, modulesDir: string, version: string}} Kernel `modulesDir` holds modules.dep */

/**
 * A kernel of Debian's, downloaded and unpacked but not installed: how this machine itself boots stays as it is.
 * @param {string} wanted package; a meta package stands for the kernel that it depends on
 * @returns {Promise<Kernel>}
 */
export async function unpackKernel(wanted) {
  if (!resolvePackage(wanted)) await runQuietly('apt-get', ['update', '-qq']);
  const name = resolvePackage(wanted);
  if (!name) throw new Failure(`There is no package ${wanted} here.`);
  const dir = path.join(KERNELS_DIR, name);
  if (!existsSync(dir)) await step(`downloading ${name}`, () => download(name, dir));
  const version = versionIn(dir);
  return {
    image: path.join(dir, `boot/vmlinuz-${version}`),
    modulesDir: path.join(librariesOf(dir), 'lib/modules', version),
    version,
  };
}

/**
 * Files of these modules and of all that they need, relative to the modules' directory. What is built into the
 * kernel has none.
 * @param {Kernel} kernel
 * @param {string[]} names
 */
export function moduleFiles({ modulesDir }, names) {
  // Lines of "file: file file", named in full; compressed ones end in .ko.xz.
  const lines = readFileSync(path.join(modulesDir, 'modules.dep'), 'utf8').split('\n');
  const needed = lines.filter((line) => names.includes(path.basename(line.split('.ko')[0] ?? '')));
  return [...new Set(needed.join(' ').split(/[: ]+/))].filter((file) => file !== '');
}

/** @param {string} wanted */
function resolvePackage(wanted) {
  const kernel = /^ *Depends: (linux-image-\S+)$/m.exec(outputOf('apt-cache', ['depends', wanted]))?.[1];
  if (kernel) return kernel;
  return outputOf('apt-cache', ['show', wanted]) === '' ? undefined : wanted;
}

/**
 * @param {string} name
 * @param {string} dir
 */
async function download(name, dir) {
  mkdirSync(KERNELS_DIR, { recursive: true });
  const temporary = mkdtempSync(path.join(KERNELS_DIR, 'new-'));
  const unpacked = path.join(temporary, 'unpacked');
  try {
    // apt-get downloads to where it stands.
    await runQuietly('sh', ['-c', 'cd "$0" && apt-get download -qq "$1"', temporary, name]);
    await runQuietly('dpkg', ['-x', path.join(temporary, String(readdirSync(temporary)[0])), unpacked]);
    await runQuietly('busybox', ['depmod', '-b', librariesOf(unpacked), versionIn(unpacked)]);
    renameSync(unpacked, dir);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** @param {string} dir */
function versionIn(dir) {
  const image = readdirSync(path.join(dir, 'boot')).find((file) => file.startsWith('vmlinuz-'));
  if (!image) throw new Failure(`${dir} holds no kernel.`);
  return image.slice('vmlinuz-'.length);
}

/**
 * Newer packages have their modules below /usr.
 * @param {string} dir
 */
function librariesOf(dir) {
  return existsSync(path.join(dir, 'lib/modules')) ? dir : path.join(dir, 'usr');
}
