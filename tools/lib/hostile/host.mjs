// @ts-check
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { descendantsOf } from '../private.copy.mjs';
import { ROOT } from '../root.mjs';
import { isRoot, UIDS } from '../unprivileged.mjs';

/**
 * @typedef {object} Snapshot what the machine holds that a run could leave behind
 * @property {Record<string, number>} pids service → pid
 * @property {number} crowd processes of sandboxes, beyond the supervisor and one program in each
 * @property {number} processes of the runner, itself left out
 * @property {number} descriptors of the runner
 * @property {number} sandboxes process namespaces below the runner
 * @property {number} cgroups of the runner's runs
 * @property {number} containers of the runner that do not run any more
 * @property {number} mounts of the host that are named after the runner
 * @property {number} temporary entries of the temporary directory that are named after the runner
 * @property {number} watches and locks that processes of sandboxes have on files of the host
 * @property {number} ipc objects of System V whose maker is gone: databases make some, too
 * @property {number} runnerBytes resident memory of the runner
 * @property {number} availableBytes of the machine's memory, with what its processors keep at hand
 * @property {number} freeBytes of the disk
 * @property {number} freeInodes of the disk
 */
/**
 * @typedef {object} Pools of the whole machine, from which no run may take anything
 * @property {number} aioEvents of contexts for asynchronous input and output (fs.aio-nr)
 * @property {number} filterBytes of memory in filters, those of sandboxes among them; 0 for who may not see it
 * @property {number} modules that the kernel has loaded
 */
/** @typedef {readonly [what: string, text: string]} Finding one per thing that is looked at */

const MIB = 1024 * 1024;
const PAGE_BYTES = 4096;
const SETTLE_MS = 5_000;
const LOOK_MS = 100;
/** Of /proc/sysvipc/shm: the pid of the process that made it. */
const MAKER_COLUMN = 4;
/** Other processes of the machine also take and give. */
const MEMORY_SLACK_BYTES = 512 * MIB;
const DISK_SLACK_SHARE = 0.01;
/** Sandboxes that are made meanwhile load a filter each, of three pages. */
const FILTER_SLACK_BYTES = 8 * MIB;
/** Where root makes a directory for each runner (runner.places.mjs). */
const RUN_ROOT = '/run/runbin';
const SERVICES = ['gateway', 'submission', 'result', 'url', 'runner'];

/** The machine under an instance that `npm start` started, as far as it can be looked at from beside it. */
export class Host {
  /**
   * @param {number} gatewayPid
   * @param {Record<string, number>} pids
   */
  constructor(gatewayPid, pids) {
    this.gatewayPid = gatewayPid;
    this.pids = pids;
  }

  /**
   * @param {string} url of the gateway
   * @returns {Host | undefined} undefined when it does not run on this machine, or not as processes that we may see
   */
  static find(url) {
    const port = Number(new URL(url).port || 80);
    const gatewayPid = pidListeningOn(port);
    const parent = gatewayPid && parentOf(gatewayPid);
    if (!gatewayPid || !parent) return undefined;
    const pids = servicesBelow(parent);
    return pids.runner === undefined ? undefined : new Host(gatewayPid, pids);
  }

  /** @returns {Snapshot} */
  snapshot() {
    const runner = this.pids.runner ?? 0;
    const launcher = launcherOf(runner);
    const below = descendantsOf(launcher ?? runner).filter((pid) => pid !== runner);
    const sandboxes = membersOf(below);
    const disk = statfsSync(tmpdir());
    return {
      pids: servicesBelow(parentOf(this.gatewayPid) ?? 0),
      crowd: sandboxes.reduce((sum, members) => sum + Math.max(0, members - 2), 0),
      processes: below.length,
      descriptors: entriesOf(`/proc/${runner}/fd`).length,
      sandboxes: sandboxes.length,
      cgroups: runGroups(runner),
      containers: deadContainers(runner),
      mounts: read('/proc/self/mountinfo').split(markOf(runner)).length - 1,
      temporary: temporaryPlaces()
        .flatMap(entriesOf)
        .filter((name) => name.startsWith(markOf(runner))).length,
      watches: watchesAndLocks(below),
      ipc: strayObjects((kind) => read(`/proc/sysvipc/${kind}`), isRoot() ? Object.values(UIDS) : []),
      runnerBytes: this.runnerBytes(),
      availableBytes: kilobytes(read('/proc/meminfo'), 'MemAvailable') * 1024 + keptByProcessors(),
      freeBytes: disk.bavail * disk.bsize,
      freeInodes: disk.ffree,
    };
  }

  /**
   * What a run changed for longer than it may. What comes and goes between the looks at the machine is of the pool, which
   * makes sandboxes meanwhile.
   * @param {Snapshot} before
   * @param {boolean} isIdle whether nobody else takes memory and disk of this machine meanwhile
   * @returns {Promise<string[]>}
   */
  async leftSince(before, isIdle) {
    const deadline = performance.now() + SETTLE_MS * (isIdle ? 1 : 4);
    const look = () => {
      const now = this.snapshot();
      return [...differences(before, now), ...(isIdle ? takenFromMachine(before, now) : [])];
    };
    /** @type {Set<string>} */
    const passing = new Set();
    let left = new Map(look());
    while (left.size > 0 && performance.now() < deadline) {
      await delay(LOOK_MS);
      const found = new Map(look());
      for (const what of left.keys()) if (!found.has(what)) passing.add(what);
      left = new Map([...found].filter(([what]) => !passing.has(what)));
    }
    return [...left.values()];
  }

  /** Resident memory of the runner, in bytes. */
  runnerBytes() {
    return kilobytes(read(`/proc/${this.pids.runner}/status`), 'VmRSS') * 1024;
  }

  /** @returns {Pools} */
  pools() {
    const filters = [...read('/proc/vmallocinfo').matchAll(/^\S+\s+(\d+) bpf_/gm)];
    return {
      aioEvents: Number(read('/proc/sys/fs/aio-nr')),
      filterBytes: filters.reduce((sum, [, bytes]) => sum + Number(bytes), 0),
      modules: read('/proc/modules').split('\n').length,
    };
  }

  /** How often the kernel took memory back by ending a process that no limit of a run had asked for. */
  globalOomKills() {
    try {
      return (
        execFileSync('dmesg', { stdio: ['ignore', 'pipe', 'ignore'] })
          .toString()
          .split('] Out of memory: ').length - 1
      );
    } catch {
      return 0;
    }
  }

  /** A fingerprint of everything that no run may change: owner, mode, size and time of the host's programs and settings. */
  fingerprint() {
    return ['/etc', '/usr/bin', '/usr/lib', path.join(ROOT, 'dist')]
      .flatMap((directory) => entriesOf(directory).map((name) => path.join(directory, name)))
      .map((file) => {
        const { mode, uid, gid, size, mtimeMs } = lstatSync(file);
        return `${file} ${mode} ${uid} ${gid} ${size} ${mtimeMs}`;
      });
  }
}

/**
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @returns {Finding[]}
 */
function differences(before, now) {
  /** @type {Finding[]} */
  const found = [];
  for (const [service, pid] of Object.entries(before.pids)) {
    if (now.pids[service] !== pid) found.push([service, `${service} is another process than before`]);
  }
  if (now.crowd > 0) found.push(['crowd', `${now.crowd} processes of runs are left`]);
  if (now.watches > 0) found.push(['watches', `${now.watches} watches or locks on files of the host`]);
  if (now.sandboxes < now.cgroups)
    found.push(['cgroups', `${now.cgroups - now.sandboxes} cgroups without a sandbox`]);
  for (const kind of /** @type {const} */ (['containers', 'mounts', 'temporary', 'ipc'])) {
    if (now[kind] > before[kind]) found.push([kind, `${kind}: ${now[kind]}, ${before[kind]} before`]);
  }
  return found;
}

/**
 * What was taken of the machine's pools.
 * @param {Pools} before
 * @param {Pools} most of what was seen of each meanwhile
 * @returns {string[]}
 */
export function takenFromPools(before, most) {
  const found = [];
  if (most.aioEvents > before.aioEvents)
    found.push(`${most.aioEvents - before.aioEvents} events of the machine's aio contexts were taken`);
  if (most.filterBytes > before.filterBytes + FILTER_SLACK_BYTES)
    found.push(
      `filters took ${Math.round((most.filterBytes - before.filterBytes) / MIB)} MiB of kernel memory`,
    );
  if (most.modules > before.modules) found.push('the kernel loaded a module');
  return found;
}

/**
 * Free memory that each processor keeps at hand, in bytes. Since Linux 6.7 that grows to an eighth of the machine and
 * shrinks by some 20 MiB a second, and nobody counts it as available.
 */
function keptByProcessors() {
  const pages = [...read('/proc/zoneinfo').matchAll(/^\s+count:\s+(\d+)$/gm)];
  return pages.reduce((sum, [, count]) => sum + Number(count), 0) * PAGE_BYTES;
}

/**
 * @param {Snapshot} before
 * @param {Snapshot} now
 * @returns {Finding[]}
 */
function takenFromMachine(before, now) {
  /** @type {Finding[]} */
  const found = [];
  const taken = before.availableBytes - now.availableBytes;
  if (taken > MEMORY_SLACK_BYTES) found.push(['memory', `${Math.round(taken / MIB)} MiB of memory are gone`]);
  for (const unit of /** @type {const} */ (['freeBytes', 'freeInodes'])) {
    if (now[unit] < before[unit] * (1 - DISK_SLACK_SHARE))
      found.push([unit, `${unit} of the disk fell by more than 1 %`]);
  }
  return found;
}

/** @param {number} port */
function pidListeningOn(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = ['tcp', 'tcp6']
    .flatMap((table) => read(`/proc/net/${table}`).split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hex}`) && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
  return entriesOf('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) =>
      entriesOf(`/proc/${pid}/fd`).some((fd) => inodes.includes(linkOf(`/proc/${pid}/fd/${fd}`))),
    );
}

/** @param {number} parent */
function servicesBelow(parent) {
  /** @type {Record<string, number>} */
  const pids = {};
  for (const pid of descendantsOf(parent)) {
    const command = read(`/proc/${pid}/cmdline`);
    const service = SERVICES.find((name) => command.includes(`apps/${name}/main.js`));
    if (service && !['setpriv', 'launcher'].includes(nameOf(pid))) pids[service] ??= pid;
  }
  return pids;
}

/**
 * Processes of each sandbox: what waits is a supervisor and at most one program.
 * @param {number[]} pids
 */
function membersOf(pids) {
  const own = linkOf('/proc/self/ns/pid');
  /** @type {Map<string, number>} */
  const inEach = new Map();
  for (const pid of pids) {
    const namespace = linkOf(`/proc/${pid}/ns/pid`);
    if (namespace === '' || namespace === own) continue;
    inEach.set(namespace, (inEach.get(namespace) ?? 0) + 1);
  }
  return [...inEach.values()];
}

/**
 * By device, of which the host's files and device nodes have others than what a sandbox has for itself.
 * @param {number[]} pids
 */
function watchesAndLocks(pids) {
  const own = linkOf('/proc/self/ns/pid');
  const devices = ['/', '/usr', '/dev'].map((place) => lstatSync(place).dev);
  const held = pids
    .filter((pid) => !['', own].includes(linkOf(`/proc/${pid}/ns/pid`)))
    .flatMap((pid) => entriesOf(`/proc/${pid}/fdinfo`).map((fd) => read(`/proc/${pid}/fdinfo/${fd}`)))
    .join('\n');
  return devicesIn(held).filter((device) => devices.includes(device)).length;
}

/**
 * The devices of what is watched (`sdev:fe00000`, 20 bits of it the minor number) or locked (`lock: … fe:00:1234`), as stat
 * has them.
 * @param {string} text of /proc/PID/fdinfo
 */
export function devicesIn(text) {
  const watched = [...text.matchAll(/^inotify .*\bsdev:([0-9a-f]+)/gm)].map(([, hex = '']) =>
    parseInt(hex, 16),
  );
  const locked = [...text.matchAll(/^lock:.* ([0-9a-f]+):([0-9a-f]+):\d+ /gm)].map(
    ([, major = '', minor = '']) => parseInt(major, 16) * 2 ** 20 + parseInt(minor, 16),
  );
  return [...watched, ...locked].map((device) => {
    const [major, minor] = [Math.floor(device / 2 ** 20), device % 2 ** 20];
    return (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
  });
}

/**
 * Objects of System V that nobody has any use for.
 * @param {(kind: string) => string} list below /proc/sysvipc
 * @param {readonly number[]} services users whose objects are their own affair: a database that is killed leaves one
 */
export function strayObjects(list, services) {
  const objects = (/** @type {string} */ kind) => {
    const [head = [], ...rows] = list(kind)
      .trim()
      .split('\n')
      .map((row) => row.trim().split(/\s+/));
    return rows.filter((row) => !services.includes(Number(row[head.indexOf('cuid')])));
  };
  // Only shared memory says which process made it.
  const orphans = objects('shm').filter((row) => nameOf(Number(row[MAKER_COLUMN])) === '');
  return orphans.length + objects('msg').length + objects('sem').length;
}

/** Where runners may have files. */
function temporaryPlaces() {
  const places = entriesOf(RUN_ROOT).map((name) => path.join(RUN_ROOT, name, 'runner'));
  return [tmpdir(), RUN_ROOT, ...places];
}

/** Its parent, where root starts sandboxes for it. @param {number} runner its pid */
function launcherOf(runner) {
  const parent = parentOf(runner);
  return parent !== undefined && nameOf(parent) === 'launcher' ? parent : undefined;
}

/** @param {number} runner its pid */
function runGroups(runner) {
  const roots = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'];
  const delegated = roots.flatMap((root) =>
    entriesOf(root)
      .filter((name) => name.startsWith('runbin-start-'))
      .map((name) => path.join(root, name)),
  );
  for (const root of [...delegated, ...roots]) {
    const [base] = entriesOf(root).filter((name) => name.startsWith(`${markOf(runner)}-`));
    if (base)
      return readdirSync(path.join(root, base), { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      ).length;
  }
  return 0;
}

/** @param {number} runner its pid */
function deadContainers(runner) {
  try {
    const format = '{{.Label "runbin.runner"}} {{.State}}';
    const list = execFileSync('docker', ['ps', '-a', '--format', format], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return list
      .toString()
      .split('\n')
      .filter((line) => line.startsWith(`${markOf(runner)}-`) && /exited|dead/.test(line)).length;
  } catch {
    return 0;
  }
}

/**
 * What a runner's things on this machine are named after (runner.marks.ts).
 * @param {number} runner its pid
 */
const markOf = (runner) => `runbin-${/\d+/.exec(linkOf(`/proc/${runner}/ns/pid`))?.[0]}-${runner}`;

/** @param {number} pid */
const nameOf = (pid) => read(`/proc/${pid}/comm`).trim();

/** @param {number} pid */
function parentOf(pid) {
  return Number(/^PPid:\t(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]) || undefined;
}

/**
 * @param {string} text
 * @param {string} key
 */
const kilobytes = (text, key) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} link */
function linkOf(link) {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

/** @param {string} directory */
function entriesOf(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
