import { Logger } from '@nestjs/common';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '@runbin/contracts/limits';
import { leftBehind, ownMark } from './runner.marks';

/** The cgroup of one stage: descriptors for the supervisor, limits, and the facts that only the kernel knows. */
export interface RunCgroup {
  /** Writing "0" into each moves the writer in. */
  readonly joinFds: readonly number[];
  readonly cpuFd: number;
  readonly oomFd: number;
  limit(limits: Limits): void;
  memory(): { currentBytes: number; peakBytes: number; oomKills: number };
  /** Closes the descriptors and removes the directory, which is empty once the sandbox is gone. */
  destroy(): Promise<void>;
}

export interface CgroupManager {
  readonly version: 1 | 2;
  create(): RunCgroup;
  stop(): Promise<void>;
}

const CONTROLLERS = ['memory', 'pids', 'cpu', 'cpuacct'] as const;
type Controller = (typeof CONTROLLERS)[number];

/** Runs get less of a contended core than the services beside them (the default is 1024, or 100 on v2). */
const CPU_SHARES = 512;
const CPU_WEIGHT = 50;
/** Of a run's memory, one in so many may wait in its sockets, on v1. */
const SOCKET_SHARE = 8;
const REMOVE_TRIES = 50;
const REMOVE_RETRY_MS = 100;

const logger = new Logger('Cgroup');

/**
 * Finds a cgroup that this process may divide, v2 first, and proves it by making one and moving a process there.
 * @param directory RUNNER_CGROUP_DIR: a delegated directory, or undefined to look for one
 * @returns the manager, or why there is none
 */
export function findCgroups(directory: string | undefined): CgroupManager | { reason: string } {
  const reasons: string[] = [];
  for (const attempt of [() => cgroupV2(directory), () => cgroupV1(directory)]) {
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
  const group = manager.create();
  const join = group.joinFds.map((_, index) => `echo 0 >&${index + 3}`).join(' && ');
  const { status, stderr } = spawnSync('/bin/sh', ['-c', join], {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', ...group.joinFds],
  });
  const removed = group.destroy();
  if (status === 0) return manager;
  void removed.then(() => manager.stop());
  throw new Error(`a process can not be moved: ${stderr.toString().trim()}`);
}

/** Removes the groups of runners that are no more. */
function sweep(parent: string): void {
  for (const group of leftBehind(parent)) {
    try {
      for (const entry of readdirSync(group, { withFileTypes: true })) {
        if (entry.isDirectory()) rmdirSync(join(group, entry.name));
      }
      rmdirSync(group);
    } catch (error) {
      logger.warn(`left in place: ${group}: ${String(error)}`);
    }
  }
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

const write = (directory: string, file: string, value: string | number) =>
  writeFileSync(join(directory, file), String(value));

/** The number behind `key` in a kernel file of `key number` lines; 0 when it is not there. */
export function numberAfter(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

// --- v2: one hierarchy ---------------------------------------------------------------------------------------

function cgroupV2(directory: string | undefined): CgroupManager {
  const candidates = directory === undefined ? ownAncestorsV2() : [directory];
  const failures: string[] = [];
  for (const parent of candidates) {
    try {
      return proven(new CgroupV2(parent, directory !== undefined));
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
  private count = 0;

  /** @param isGiven whether `parent` was given to us for us alone */
  constructor(parent: string, isGiven: boolean) {
    const offered = readFileSync(join(parent, 'cgroup.controllers'), 'utf8').trim().split(' ');
    for (const needed of ['memory', 'pids', 'cpu']) {
      if (!offered.includes(needed)) throw new Error(`controller ${needed} is not offered`);
    }
    this.base = join(parent, ownMark());
    enableControllers(parent, isGiven);
    sweep(parent);
    mkdirSync(this.base, { recursive: true });
    write(this.base, 'cgroup.subtree_control', '+memory +pids +cpu');
  }

  create(): RunCgroup {
    const path = join(this.base, String(this.count++));
    mkdirSync(path);
    const fds = ['cgroup.procs', 'cpu.stat', 'memory.events'].map((file, index) =>
      openSync(join(path, file), index === 0 ? 'w' : 'r'),
    ) as [number, number, number];
    const [joinFd, cpuFd, oomFd] = fds;
    return {
      joinFds: [joinFd],
      cpuFd,
      oomFd,
      limit: (limits) => {
        write(path, 'memory.max', limits.memory_bytes);
        if (existsSync(join(path, 'memory.swap.max'))) write(path, 'memory.swap.max', 0);
        write(path, 'memory.oom.group', 1);
        write(path, 'pids.max', limits.processes);
        write(path, 'cpu.weight', CPU_WEIGHT);
      },
      memory: () => ({
        currentBytes: Number(readFileSync(join(path, 'memory.current'), 'utf8')),
        // memory.peak came with Linux 5.19; before it only the supervisor's figure is left.
        peakBytes: existsSync(join(path, 'memory.peak'))
          ? Number(readFileSync(join(path, 'memory.peak'), 'utf8'))
          : 0,
        oomKills: numberAfter(readFileSync(join(path, 'memory.events'), 'utf8'), 'oom_kill'),
      }),
      destroy: async () => {
        fds.forEach(closeSync);
        await removeGroup(path);
      },
    };
  }

  async stop(): Promise<void> {
    await removeGroup(this.base);
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

function cgroupV1(directory: string | undefined): CgroupManager {
  return proven(new CgroupV1(directory === undefined ? ownGroupsV1() : delegatedV1(directory)));
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
  private count = 0;

  constructor(parents: Record<Controller, string>) {
    this.bases = byController((controller) => join(parents[controller], ownMark()));
    for (const controller of CONTROLLERS) {
      sweep(parents[controller]);
      mkdirSync(this.bases[controller], { recursive: true });
      // cpu and cpuacct are often one hierarchy under two names: one move is then enough.
      this.bases[controller] = realpathSync(this.bases[controller]);
    }
  }

  create(): RunCgroup {
    const name = String(this.count++);
    const paths = byController((controller) => join(this.bases[controller], name));
    const directories = [...new Set(Object.values(paths))];
    for (const path of directories) mkdirSync(path);
    const joinFds = directories.map((path) => openSync(join(path, 'cgroup.procs'), 'w'));
    const cpuFd = openSync(join(paths.cpuacct, 'cpuacct.usage'), 'r');
    const oomFd = openSync(join(paths.memory, 'memory.oom_control'), 'r');
    return {
      joinFds,
      cpuFd,
      oomFd,
      limit: (limits) => {
        // Swap on top of memory would be a second helping; the file is missing where swap is not accounted. The one
        // must never be above the other, so what comes first depends on the direction.
        const files = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'].filter((file) =>
          existsSync(join(paths.memory, file)),
        );
        const before = Number(readFileSync(join(paths.memory, 'memory.limit_in_bytes'), 'utf8'));
        if (limits.memory_bytes > before) files.reverse();
        for (const file of files) write(paths.memory, file, limits.memory_bytes);
        // What waits in sockets, also between its own processes, is never counted as the program's memory here. It has a
        // limit of its own, in spite of its name for every kind of socket.
        const sockets = 'memory.kmem.tcp.limit_in_bytes';
        if (existsSync(join(paths.memory, sockets))) {
          write(paths.memory, sockets, Math.floor(limits.memory_bytes / SOCKET_SHARE));
        }
        write(paths.pids, 'pids.max', limits.processes);
        write(paths.cpu, 'cpu.shares', CPU_SHARES);
      },
      memory: () => ({
        currentBytes: Number(readFileSync(join(paths.memory, 'memory.usage_in_bytes'), 'utf8')),
        peakBytes: Number(readFileSync(join(paths.memory, 'memory.max_usage_in_bytes'), 'utf8')),
        oomKills: numberAfter(readFileSync(join(paths.memory, 'memory.oom_control'), 'utf8'), 'oom_kill'),
      }),
      destroy: async () => {
        [...joinFds, cpuFd, oomFd].forEach(closeSync);
        await Promise.all(directories.map(removeGroup));
      },
    };
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.bases).map(removeGroup));
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
