import { Logger } from '@nestjs/common';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_LIMITS, type Limits } from '@runbin/contracts/limits';
import { childrenOf, claim, sweep } from './cgroup.claims';
import { ownMark } from './runner.marks';

/** How to make a cgroup, for whoever starts the process that is to live in it. */
export interface CgroupRequest {
  /** To be made, and removed once the sandbox is gone. */
  readonly directories: readonly string[];
  /** To be written then, in this order. */
  readonly settings: readonly Setting[];
  /** To be opened: writing "0" into each moves the writer in. */
  readonly joins: readonly string[];
  /** To be opened for reading: the CPU time used, the OOM killer's count and, where the kernel counts it, the most memory. */
  readonly cpu: string;
  readonly oom: string;
  readonly peak: string | undefined;
}

export type Setting = readonly [file: string, value: string];

/** The cgroup of one stage: what it is made from, its limits, and the facts that only the kernel knows. */
export interface RunCgroup {
  readonly request: CgroupRequest;
  /**
   * It is wanted, for a program under these limits, and gets a run's share of a contended core. Who waits with a
   * small one would be long in noticing that it is to go on, and so can not be the one who asks for more.
   */
  release(limits: Limits): void;
  /** It has gone on for long, and gets less of a contended core than what has just begun. */
  giveWay(): void;
  currentBytes(): number;
  /** What a supervisor that is lost can not report any more. */
  memory(): { peakBytes: number; oomKills: number };
}

export interface CgroupManager {
  readonly version: 1 | 2;
  /** Nothing is made by this: a launcher does it, with the request. */
  plan(limits: Limits): RunCgroup;
  stop(): Promise<void>;
}

const CONTROLLERS = ['memory', 'pids', 'cpu', 'cpuacct'] as const;
type Controller = (typeof CONTROLLERS)[number];

/**
 * Runs get less of a contended core than the services beside them (the default is 1024, or 100 on v2), those that
 * last get less than those that have just begun, and what is only being made ready gets least.
 */
const CPU_SHARES = { waiting: 64, running: 512, lasting: 128 };
const CPU_WEIGHT = { waiting: 6, running: 50, lasting: 12 };
/** Of a run's memory, one in so many may wait in its sockets, on v1. */
const SOCKET_SHARE = 8;
const REMOVE_TRIES = 50;
const REMOVE_RETRY_MS = 100;

const logger = new Logger('Cgroup');

let managers = 0;
const newName = () => `${ownMark()}-${managers++}`;

/**
 * Finds a cgroup that this process may divide, v2 first, and proves it by making one and moving a process there.
 * @param directory RUNNER_CGROUP_DIR: a delegated directory, or undefined to look for one
 * @param options `movesAsRoot`: our launcher is root and can move what we cannot; it was tried before we were started
 * @returns the manager, or why there is none
 */
export function findCgroups(
  directory: string | undefined,
  { movesAsRoot } = { movesAsRoot: false },
): CgroupManager | { reason: string } {
  const prove = movesAsRoot ? (manager: CgroupManager) => manager : proven;
  const reasons: string[] = [];
  for (const attempt of [() => cgroupV2(directory, prove), () => cgroupV1(directory, prove)]) {
    try {
      return attempt();
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { reason: reasons.join('; ') };
}

/**
 * Who may make a group may not always move a process there: v2 asks for a right over the group that both are below.
 * @throws Error saying what was refused
 */
function proven(manager: CgroupManager): CgroupManager {
  const group = makeGroup(manager.plan(DEFAULT_LIMITS).request);
  const join = group.joinFds.map((_, index) => `echo 0 >&${index + 3}`).join(' && ');
  const { status, stderr } = spawnSync('/bin/sh', ['-c', join], {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', ...group.joinFds],
  });
  const removed = group.remove();
  if (status === 0) return manager;
  void removed.then(() => manager.stop());
  throw new Error(`a process can not be moved: ${stderr.toString().trim()}`);
}

/** Does here what the launcher does for a sandbox. */
export function makeGroup({ directories, settings, joins, cpu, oom }: CgroupRequest) {
  for (const path of directories) mkdirSync(path);
  apply(settings);
  const joinFds = joins.map((file) => openSync(file, 'w'));
  const [cpuFd, oomFd] = [openSync(cpu, 'r'), openSync(oom, 'r')];
  return {
    joinFds,
    cpuFd,
    remove: async () => {
      [...joinFds, cpuFd, oomFd].forEach(closeSync);
      await Promise.all(directories.map(removeGroup));
    },
  };
}

/** A runner that is no more may have had our pid in a namespace whose number is ours now. */
function clear(base: string): void {
  for (const child of childrenOf(base)) rmdirSync(child);
}

/** Removes what we have made, and what a launcher left that was killed. */
async function removeBase(base: string): Promise<void> {
  await Promise.all(childrenOf(base).map(removeGroup));
  await removeGroup(base);
}

async function removeGroup(path: string): Promise<void> {
  for (let tries = 0; tries < REMOVE_TRIES; tries++) {
    try {
      rmdirSync(path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      await delay(REMOVE_RETRY_MS);
    }
  }
  logger.error(`could not remove ${path}: something still lives in it`);
}

function apply(settings: readonly Setting[]): void {
  for (const [file, value] of settings) writeFileSync(file, value);
}

/** The number behind `key` in a kernel file of `key number` lines; 0 when it is not there. */
export function numberAfter(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

// --- v2: one hierarchy ---------------------------------------------------------------------------------------

function cgroupV2(directory: string | undefined, prove: typeof proven): CgroupManager {
  const candidates = directory === undefined ? ownAncestorsV2() : [directory];
  const failures: string[] = [];
  for (const parent of candidates) {
    try {
      return prove(new CgroupV2(parent, directory !== undefined));
    } catch (error) {
      failures.push(`${parent}: ${String(error)}`);
    }
  }
  throw new Error(`cgroup v2: ${failures.join(', ') || 'not mounted'}`);
}

/** From the top of the hierarchy that is visible here down to our own group: any that is delegated to us will do. */
function ownAncestorsV2(): string[] {
  const mount = mounts().find(({ type }) => type === 'cgroup2');
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (!mount || own === undefined) return [];
  const segments = own.split('/').filter(Boolean);
  return segments.reduce((paths, segment) => [...paths, join(paths.at(-1) ?? '/', segment)], [mount.path]);
}

class CgroupV2 implements CgroupManager {
  readonly version = 2;
  private readonly base: string;
  private readonly giveUp: () => void;
  private readonly countsSwap: boolean;
  private readonly countsPeak: boolean;
  private count = 0;

  /** @param isGiven whether `parent` was given to us for us alone */
  constructor(parent: string, isGiven: boolean) {
    const offered = readFileSync(join(parent, 'cgroup.controllers'), 'utf8').trim().split(' ');
    for (const needed of ['memory', 'pids', 'cpu']) {
      if (!offered.includes(needed)) throw new Error(`controller ${needed} is not offered`);
    }
    this.base = join(parent, newName());
    enableControllers(parent, isGiven);
    sweep([parent]);
    this.giveUp = claim(this.base);
    clear(this.base);
    writeFileSync(join(this.base, 'cgroup.subtree_control'), '+memory +pids +cpu');
    this.countsSwap = existsSync(join(this.base, 'memory.swap.max'));
    this.countsPeak = existsSync(join(this.base, 'memory.peak'));
  }

  plan(limits: Limits): RunCgroup {
    const path = join(this.base, String(this.count++));
    const at = (file: string) => join(path, file);
    const limiting = ({ memory_bytes, processes }: Limits): Setting[] => [
      [at('memory.max'), String(memory_bytes)],
      [at('pids.max'), String(processes)],
    ];
    return {
      request: {
        directories: [path],
        settings: [
          ...limiting(limits),
          ...(this.countsSwap ? [[at('memory.swap.max'), '0'] as const] : []),
          [at('memory.oom.group'), '1'],
          [at('cpu.weight'), String(CPU_WEIGHT.waiting)],
        ],
        joins: [at('cgroup.procs')],
        cpu: at('cpu.stat'),
        oom: at('memory.events'),
        peak: this.countsPeak ? at('memory.peak') : undefined,
      },
      release: (now) => {
        apply([[at('cpu.weight'), String(CPU_WEIGHT.running)]]);
        if (!isDeepStrictEqual(now, limits)) apply(limiting(now));
      },
      giveWay: () => apply([[at('cpu.weight'), String(CPU_WEIGHT.lasting)]]),
      currentBytes: () => Number(readFileSync(at('memory.current'), 'utf8')),
      memory: () => ({
        // It came with Linux 5.19; before it only the supervisor's figure is left.
        peakBytes: this.countsPeak ? Number(readFileSync(at('memory.peak'), 'utf8')) : 0,
        oomKills: numberAfter(readFileSync(at('memory.events'), 'utf8'), 'oom_kill'),
      }),
    };
  }

  async stop(): Promise<void> {
    await removeBase(this.base);
    this.giveUp();
  }
}

/**
 * Lets children of `parent` have controllers. A group that holds processes may not (except the root). In a
 * container, and in a service whose group was delegated, those are our own process and its siblings, which then
 * move into a leaf of their own.
 */
function enableControllers(parent: string, isGiven: boolean): void {
  const file = join(parent, 'cgroup.subtree_control');
  const enabled = readFileSync(file, 'utf8').trim().split(' ');
  if (['memory', 'pids', 'cpu'].every((controller) => enabled.includes(controller))) return;
  try {
    writeFileSync(file, '+memory +pids +cpu');
  } catch (error) {
    const isOurs = isGiven || mounts().some(({ type, path }) => type === 'cgroup2' && path === parent);
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || !isOurs) throw error;
    const leaf = join(parent, 'init');
    mkdirSync(leaf, { recursive: true });
    for (const pid of readFileSync(join(parent, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
      writeFileSync(join(leaf, 'cgroup.procs'), pid);
    }
    writeFileSync(file, '+memory +pids +cpu');
  }
}

// --- v1: one hierarchy per controller --------------------------------------------------------------------------

function cgroupV1(directory: string | undefined, prove: typeof proven): CgroupManager {
  return prove(new CgroupV1(directory === undefined ? ownGroupsV1() : delegatedV1(directory)));
}

function delegatedV1(directory: string): Record<Controller, string> {
  return byController((controller) => {
    const path = join(directory, controller);
    if (!existsSync(path)) throw new Error(`cgroup v1: ${path} is not there`);
    return path;
  });
}

function ownGroupsV1(): Record<Controller, string> {
  const own = readFileSync('/proc/self/cgroup', 'utf8');
  return byController((controller) => {
    const mount = mounts().find(({ type, options }) => type === 'cgroup' && options.includes(controller));
    if (!mount) throw new Error(`cgroup v1: controller ${controller} is not mounted`);
    const group = own.split('\n').find((line) => line.split(':')[1]?.split(',').includes(controller));
    const path = join(mount.path, group?.split(':')[2] ?? '/');
    // In a container the path that /proc names is the host's; the mount itself is then our group.
    return existsSync(path) ? path : mount.path;
  });
}

function byController(pathOf: (controller: Controller) => string): Record<Controller, string> {
  return Object.fromEntries(CONTROLLERS.map((controller) => [controller, pathOf(controller)])) as Record<
    Controller,
    string
  >;
}

class CgroupV1 implements CgroupManager {
  readonly version = 1;
  private readonly bases: Record<Controller, string>;
  private readonly giveUp: () => void;
  /** Swap on top of memory would be a second helping; its file is missing where swap is not accounted. */
  private readonly memoryFiles: readonly string[];
  /**
   * What waits in sockets, also between its own processes, is never counted as the program's memory here. It has a
   * limit of its own, in spite of its name for every kind of socket.
   */
  private readonly socketFiles: readonly string[];
  private count = 0;

  constructor(parents: Record<Controller, string>) {
    const name = newName();
    this.bases = byController((controller) => join(parents[controller], name));
    sweep(CONTROLLERS.map((controller) => parents[controller]));
    this.giveUp = claim(this.bases[CONTROLLERS[0]]);
    for (const controller of CONTROLLERS) {
      mkdirSync(this.bases[controller], { recursive: true });
      clear(this.bases[controller]);
      // cpu and cpuacct are often one hierarchy under two names: one move is then enough.
      this.bases[controller] = realpathSync(this.bases[controller]);
    }
    const isThere = (file: string) => existsSync(join(this.bases.memory, file));
    this.memoryFiles = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'].filter(isThere);
    this.socketFiles = ['memory.kmem.tcp.limit_in_bytes'].filter(isThere);
  }

  plan(limits: Limits): RunCgroup {
    const name = String(this.count++);
    const paths = byController((controller) => join(this.bases[controller], name));
    const directories = [...new Set(Object.values(paths))];
    const ofMemory = (file: string) => join(paths.memory, file);
    const limiting = ({ memory_bytes, processes }: Limits): Setting[] => [
      ...this.memoryFiles.map((file) => [ofMemory(file), String(memory_bytes)] as const),
      ...this.socketFiles.map(
        (file) => [ofMemory(file), String(Math.floor(memory_bytes / SOCKET_SHARE))] as const,
      ),
      [join(paths.pids, 'pids.max'), String(processes)],
    ];
    const shares = join(paths.cpu, 'cpu.shares');
    return {
      request: {
        directories,
        settings: [...limiting(limits), [shares, String(CPU_SHARES.waiting)]],
        joins: directories.map((path) => join(path, 'cgroup.procs')),
        cpu: join(paths.cpuacct, 'cpuacct.usage'),
        oom: ofMemory('memory.oom_control'),
        peak: ofMemory('memory.max_usage_in_bytes'),
      },
      release: (now) => {
        apply([[shares, String(CPU_SHARES.running)]]);
        if (isDeepStrictEqual(now, limits)) return;
        const changed = limiting(now);
        // Memory must never be above memory with swap, so what comes first depends on the direction.
        if (now.memory_bytes > limits.memory_bytes) changed.reverse();
        apply(changed);
      },
      giveWay: () => apply([[shares, String(CPU_SHARES.lasting)]]),
      currentBytes: () => Number(readFileSync(ofMemory('memory.usage_in_bytes'), 'utf8')),
      memory: () => ({
        peakBytes: Number(readFileSync(ofMemory('memory.max_usage_in_bytes'), 'utf8')),
        oomKills: numberAfter(readFileSync(ofMemory('memory.oom_control'), 'utf8'), 'oom_kill'),
      }),
    };
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.bases).map(removeBase));
    this.giveUp();
  }
}

interface Mount {
  path: string;
  type: string;
  options: string[];
}

/** /proc/self/mountinfo: mount point, file system type and the super block's options. */
function mounts(): Mount[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [mount = '', superBlock = ''] = line.split(' - ');
      const [type = '', , options = ''] = superBlock.split(' ');
      return { path: mount.split(' ')[4] ?? '', type, options: options.split(',') };
    });
}

/** Where something is mounted, as we see it. */
export const mountPoints = (): string[] => mounts().map(({ path }) => path);
