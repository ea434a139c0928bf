// @ts-check
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/**
 * What root makes for a runner that is not root: a directory for its files that the users of sandboxes can enter, too, and
 * cgroups that it may divide. Both stand where only root can make or replace an entry.
 */

const RUN = '/run/runbin';
const CONTROLLERS = ['memory', 'pids', 'cpu'];
/** On version 1 each is a tree. */
const CONTROLLERS_V1 = [...CONTROLLERS, 'cpuacct'];
/** CGROUP_SUPER_MAGIC and CGROUP2_SUPER_MAGIC of linux/magic.h. */
const CGROUP_FILE_SYSTEMS = [0x27e0eb, 0x63677270];
/** What a directory must give away with itself so that its new owner can divide it (cgroups(7), delegation). */
const DELEGATED = ['cgroup.procs', 'cgroup.threads', 'cgroup.subtree_control', 'tasks'];

/**
 * @typedef {object} Places
 * @property {string} runtimeDir
 * @property {string} socket of its launcher, below a path of bounded length
 * @property {string} devicesDir root's, on which its launcher mounts the device nodes of sandboxes
 * @property {string | undefined} cgroupDir undefined where no cgroup can be divided
 */

/**
 * @param {string} dataDir
 * @param {string} name of the runner, one of those that share the data directory
 * @param {number} uid
 * @param {string | undefined} given RUNNER_CGROUP_DIR
 * @returns {Places}
 */
export function makeRunnerPlaces(dataDir, name, uid, given) {
  const key = createHash('sha256').update(`${dataDir}\0${name}`).digest('hex').slice(0, 12);
  const home = path.join(RUN, key);
  const runtimeDir = path.join(home, 'runner');
  mkdirSync(runtimeDir, { recursive: true, mode: 0o755 });
  chownSync(runtimeDir, uid, uid);
  const cgroupDir =
    delegateV2(`runbin-start-${key}`, uid, given) ?? delegateV1(`runbin-start-${key}`, uid, given, home);
  const devicesDir = path.join(home, 'devices');
  mkdirSync(devicesDir, { recursive: true, mode: 0o755 });
  return { runtimeDir, devicesDir, socket: path.join(runtimeDir, 'launcher.sock'), cgroupDir };
}

/** Removes what is empty by now: the rest is the runner's, who removes it itself. @param {Places} places */
export function removeRunnerPlaces({ runtimeDir, devicesDir, cgroupDir }) {
  const home = path.dirname(runtimeDir);
  if (cgroupDir === path.join(home, 'cgroup')) {
    for (const controller of CONTROLLERS_V1) {
      const link = path.join(cgroupDir, controller);
      attempt(() => rmdirSync(readlinkTarget(link)));
      attempt(() => unlinkSync(link));
    }
    attempt(() => rmdirSync(cgroupDir));
  } else if (cgroupDir !== undefined) attempt(() => rmdirSync(cgroupDir));
  for (const directory of [runtimeDir, devicesDir]) attempt(() => rmdirSync(directory));
  attempt(() => rmdirSync(home));
}

/**
 * @param {string} name
 * @param {number} uid
 * @param {string | undefined} given
 */
function delegateV2(name, uid, given) {
  for (const parent of given === undefined ? ownAncestorsV2() : [given]) {
    const made = attempt(() => {
      const offered = words(path.join(parent, 'cgroup.controllers'));
      if (!CONTROLLERS.every((controller) => offered.includes(controller))) return undefined;
      const enabled = path.join(parent, 'cgroup.subtree_control');
      if (!CONTROLLERS.every((controller) => words(enabled).includes(controller)))
        writeFileSync(enabled, CONTROLLERS.map((controller) => `+${controller}`).join(' '));
      const group = path.join(parent, name);
      delegate(group, uid);
      return canBeJoined([group]) ? group : undefined;
    });
    if (made !== undefined) return made;
  }
  return undefined;
}

/**
 * @param {string} name
 * @param {number} uid
 * @param {string | undefined} given
 * @param {string} home
 */
function delegateV1(name, uid, given, home) {
  return attempt(() => {
    const groups = CONTROLLERS_V1.map((controller) =>
      path.join(given === undefined ? ownGroupV1(controller) : path.join(given, controller), name),
    );
    for (const group of groups) delegate(group, uid);
    if (!canBeJoined(groups)) return undefined;
    // The runner takes one directory with an entry for each controller.
    const directory = path.join(home, 'cgroup');
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    CONTROLLERS_V1.forEach((controller, index) => {
      const link = path.join(directory, controller);
      attempt(() => unlinkSync(link));
      symlinkSync(/** @type {string} */ (groups[index]), link);
    });
    return directory;
  });
}

/**
 * @param {string} group below one that is there
 * @param {number} uid
 * @throws {Error} where no group can be made: RUNNER_CGROUP_DIR may name what is none
 */
function delegate(group, uid) {
  if (!CGROUP_FILE_SYSTEMS.includes(statfsSync(path.dirname(group)).type))
    throw new Error(`${path.dirname(group)} is no cgroup`);
  mkdirSync(group, { recursive: true });
  for (const file of ['', ...DELEGATED].map((one) => path.join(group, one)))
    if (existsSync(file)) chownSync(file, uid, uid);
}

/** Who may make a group may not always move a process there. @param {string[]} groups */
function canBeJoined(groups) {
  const files = groups.map((group) => path.join(group, 'probe'));
  try {
    for (const file of files) mkdirSync(file, { recursive: true });
    const script = 'for group; do echo 0 >"$group/cgroup.procs" || exit 1; done';
    return spawnSync('sh', ['-c', script, 'sh', ...files], { stdio: 'ignore' }).status === 0;
  } finally {
    for (const file of files) attempt(() => rmdirSync(file));
  }
}

/** From the top of the hierarchy down to our own group. */
function ownAncestorsV2() {
  const mount = mounts().find(({ type }) => type === 'cgroup2');
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (!mount || own === undefined) return [];
  const segments = own.split('/').filter(Boolean);
  return [[], ...segments.map((_, index) => segments.slice(0, index + 1))].map((some) =>
    path.join(mount.at, ...some),
  );
}

/** @param {string} controller */
function ownGroupV1(controller) {
  const mount = mounts().find(({ type, options }) => type === 'cgroup' && options.includes(controller));
  if (!mount) throw new Error(`cgroup v1: controller ${controller} is not mounted`);
  const own = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const group = own.find((line) => line.split(':')[1]?.split(',').includes(controller))?.split(':')[2] ?? '/';
  // In a container the path that /proc names is the host's; the mount itself is then our group.
  const at = path.join(mount.at, group);
  return existsSync(at) ? at : mount.at;
}

/** Mount point, file system type and the super block's options of each mount. */
function mounts() {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [mount = '', superBlock = ''] = line.split(' - ');
      const [type = '', , options = ''] = superBlock.split(' ');
      return { at: mount.split(' ')[4] ?? '', type, options: options.split(',') };
    });
}

/** @param {string} file */
const words = (file) => readFileSync(file, 'utf8').trim().split(' ');

/** @param {string} link */
function readlinkTarget(link) {
  if (!lstatSync(link).isSymbolicLink()) throw new Error(`${link} is no link`);
  return readlinkSync(link);
}

/**
 * @template T
 * @param {() => T} work
 * @returns {T | undefined} undefined when it failed
 */
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}
