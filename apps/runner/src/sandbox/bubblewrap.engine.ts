import { Logger } from '@nestjs/common';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Limits } from '@runbin/contracts/limits';
import {
  BOOT_ID,
  bubblewrapArguments,
  ETC_FILES,
  ETC_OF_HOST,
  existingPaths,
  FALLBACK_BIN,
  FS_SETTINGS,
  type HostPaths,
  isDirectory,
  PROC_INSTEAD,
  rootEntries,
  rootSteps,
  SHARED,
  sharedDirectories,
  SUPERVISOR_IN_VIEW,
  uncounted,
} from './bubblewrap.policy';
import { type CgroupManager, type CgroupRequest, findCgroups, mountPoints, type RunCgroup } from './cgroup';
import { encodeView, type IdRange, Launcher, type OwnInodes, type SandboxIds } from './launcher';
import { isProgramsDoing } from './loss';
import { makeRuntimeDir, socketPath } from './runtime.dir';
import {
  type Launch,
  type ParkingPlace,
  type Sandbox,
  type SandboxEngine,
  SandboxError,
  SandboxLost,
  type SandboxProfile,
  type Stage,
  type StageFacts,
  type StageFollower,
} from './sandbox';
import { SetupFlag } from './supervisor.protocol';
import { toolchainStamp } from './toolchain.stamp';
import { type StageEnd, SupervisorSession } from './supervisor.session';
import { isBelow, versionNumbers } from '@runbin/platform/version.floor';

export interface BubblewrapOptions {
  bwrapPath: string;
  supervisorPath: string;
  launcherPath: string;
  /** Of the launcher that has started us and is root; undefined: we start one. */
  launcherSocket: string | undefined;
  /** First of the host uids that sandboxes run under, when the launcher is root. */
  uidBase: number;
  cgroupDir: string | undefined;
  /** Of the runner's user alone; undefined looks for one (runtime.dir.ts). */
  runtimeDir: string | undefined;
}

/** Below this, fixes of 2025 and 2026 are missing (security.md of the docs names them). */
const BUBBLEWRAP_FLOOR = [0, 12, 0];

/** The sandbox's descriptors: 0 and 1 lead to us, 2 to the launcher, and from here on come the cgroup's files. */
const FIRST_CGROUP_FD = 3;

/** What takes longer makes way for what has just begun: most programs are over by then, and somebody waits for them. */
const SHORT_RUN_MS = 250;

/** Programs of the machine are looked at no more often: for this long after an upgrade all counts as of before. */
const STAMP_MS = 1_000;

/** Sandboxes that live at the same time are never so many. */
const MAX_SANDBOXES = 4096;

/**
 * Sandboxes by bubblewrap: namespaces without privilege. It needs no daemon. bubblewrap makes what sandboxes see, once, and each
 * is a clone of that. Where the launcher is root every sandbox has two host uids of its own, its program's and its supervisor's.
 */
export class BubblewrapEngine implements SandboxEngine {
  readonly name = 'bubblewrap';
  readonly degraded: string[] = [];
  private readonly logger = new Logger('Bubblewrap');
  private host: HostPaths | undefined;
  private launcher: Launcher | undefined;
  private cgroups: CgroupManager | undefined;
  private readonly ids: IdPool;
  private programs = { lookedAt: -Infinity, stamp: '', generation: 0 };
  private readonly viewsByKey = new Map<string, Buffer>();

  constructor(private readonly options: BubblewrapOptions) {
    this.ids = new IdPool(options.uidBase);
  }

  async start(): Promise<void> {
    await this.checkVersion();
    const runtimeDir = this.makeRuntimeDir();
    const { launcherPath, launcherSocket } = this.options;
    const found = findCgroups(this.options.cgroupDir, { movesAsRoot: launcherSocket !== undefined });
    if ('reason' in found) {
      this.degraded.push(
        `no cgroup (${found.reason}): memory, CPU and processes are limited by rlimits and sampling`,
      );
    } else {
      this.cgroups = found;
    }
    const socket = launcherSocket ?? socketPath(join(runtimeDir, 'launcher.sock'));
    const program = launcherSocket === undefined ? launcherPath : undefined;
    this.launcher = new Launcher(program, socket, join(runtimeDir, 'devices'));
    const own = await this.launcher.start();
    this.host = {
      runtimeDir,
      hasOwnNode: existsSync(join(runtimeDir, 'layer/opt')),
      devicesDir: own.devicesDir,
    };
    this.degraded.push(...sharedWithHost(own));
    if (!this.hasUids) {
      this.degraded.push(
        'the runner is not root: all sandboxes share its host uid, and only the system call filter keeps a program from its supervisor',
      );
    }
    for (const mode of this.degraded) this.logger.warn(`degraded: ${mode}`);
  }

  async stop(): Promise<void> {
    await this.launcher?.stop();
    await this.cgroups?.stop();
    if (this.host) rmSync(this.host.runtimeDir, { recursive: true, force: true });
  }

  /** Every limit can be changed later. */
  keyOf(profile: SandboxProfile): string {
    return profile.mounts.join();
  }

  /** All of them are the machine's. */
  toolchain(): string {
    return this.presentPrograms().stamp;
  }

  private presentPrograms(): { stamp: string; generation: number } {
    const now = performance.now();
    if (now - this.programs.lookedAt < STAMP_MS) return this.programs;
    const stamp = toolchainStamp();
    const generation = this.programs.generation + (stamp === this.programs.stamp ? 0 : 1);
    this.programs = { lookedAt: now, stamp, generation };
    return this.programs;
  }

  take(profile: SandboxProfile, limits: Limits): Promise<Sandbox> {
    const { host, launcher } = this;
    if (!host || !launcher) throw new Error('take before start');
    const cgroup = this.cgroups?.plan(limits);
    const ids = this.hasUids ? this.ids.take() : undefined;
    // What a sandbox shows that was made before an upgrade is in part of before it.
    const { generation } = this.presentPrograms();
    const link = launcher.launch({
      generation,
      argv: [SUPERVISOR_IN_VIEW, ...cgroupArguments(cgroup?.request)],
      view: this.viewFor(profile, host),
      ids,
      cgroup: cgroup?.request,
    });
    const flags =
      SetupFlag.mountFiles |
      (ids ? 0 : SetupFlag.shareIds) |
      (cgroup ? 0 : SetupFlag.sampleMemory | SetupFlag.limitProcesses);
    const session = new SupervisorSession(link, flags, limits);
    return Promise.resolve(
      new BubblewrapSandbox(
        session,
        cgroup,
        () => generation === this.presentPrograms().generation,
        () => {
          if (ids) this.ids.giveBack(ids);
        },
      ),
    );
  }

  /** Whether sandboxes can have host uids of their own. That takes root, and then the launcher is. */
  private get hasUids(): boolean {
    return isRoot() || this.options.launcherSocket !== undefined;
  }

  /** Worked out once: which of the paths exist does not change while the toolchains stay that were found at start. */
  private viewFor(profile: SandboxProfile, host: HostPaths): Buffer {
    const key = this.keyOf(profile);
    const known = this.viewsByKey.get(key);
    if (known) return known;
    const mounts = profile.mounts.flatMap(existingPaths);
    for (const path of mounts) makeMountPoint(path, join(host.runtimeDir, 'layer', path));
    const bwrap = [
      this.options.bwrapPath,
      ...bubblewrapArguments(host, mounts, this.hasUids ? undefined : ownId()),
    ];
    const made = encodeView(bwrap, rootSteps(mounts), this.hasUids ? this.ids.range : undefined);
    this.viewsByKey.set(key, made);
    return made;
  }

  /** Sandboxes run under uids that can not look into our home: what they need is put where they can. */
  private makeRuntimeDir(): string {
    const runtimeDir = makeRuntimeDir(this.options.runtimeDir);
    const layer = join(runtimeDir, 'layer');
    const etc = join(layer, 'etc');
    mkdirSync(etc, { recursive: true });
    for (const [name, content] of Object.entries(ETC_FILES)) writeFileSync(join(etc, name), content);
    for (const path of ETC_OF_HOST.filter(existsSync)) {
      cpSync(path, join(etc, basename(path)), { recursive: true, verbatimSymlinks: true });
    }
    makeRootEntries(layer);
    makeFilesOfProc(join(layer, PROC_INSTEAD));
    mkdirSync(join(runtimeDir, 'devices'));
    copyFileSync(this.options.supervisorPath, join(runtimeDir, 'supervisor'));
    const systemHasNode = ['/usr/local/bin/node', '/usr/bin/node'].some(existsSync);
    if (!systemHasNode) {
      mkdirSync(join(layer, FALLBACK_BIN), { recursive: true });
      copyFileSync(process.execPath, join(layer, FALLBACK_BIN, 'node'));
    }
    chmodSync(join(runtimeDir, 'supervisor'), 0o755);
    for (const directory of [etc, layer, runtimeDir]) chmodSync(directory, 0o755);
    return runtimeDir;
  }

  private async checkVersion(): Promise<void> {
    const { stdout } = await promisify(execFile)(this.options.bwrapPath, ['--version'], { env: {} });
    const version = versionNumbers(stdout);
    if (isBelow(version, BUBBLEWRAP_FLOOR)) {
      this.degraded.push(`bubblewrap ${version.join('.')} is older than ${BUBBLEWRAP_FLOOR.join('.')}`);
    }
  }
}

/** What watches and locks reach that a sandbox could not be given for itself. */
function sharedWithHost({ files, devicesDir }: OwnInodes): string[] {
  if (!files)
    return [`no overlay can be mounted: sandboxes share the ${SHARED.files}, with watches and locks`];
  const directories = sharedDirectories(mountPoints());
  return [
    ...directories.map(
      (path) => `something is mounted below ${path}: sandboxes share the ${SHARED.files} there`,
    ),
    ...(devicesDir === undefined
      ? [`no device node can be made: sandboxes share the ${SHARED.devices}, with watches and locks`]
      : []),
  ];
}

/** Host ids for sandboxes: two that live at the same time never share one. Behind those of the programs come the supervisors'. */
class IdPool {
  private readonly free: SandboxIds[] = [];
  readonly range: IdRange;
  private next: number;

  constructor(base: number) {
    this.next = base;
    this.range = { first: base, count: 2 * MAX_SANDBOXES };
  }

  /** Those that were given back longest ago: the last of their processes may still be on their way out. */
  take(): SandboxIds {
    const next = () => ({ program: this.next, supervisor: MAX_SANDBOXES + this.next++ });
    return this.free.shift() ?? next();
  }

  giveBack(ids: SandboxIds): void {
    this.free.push(ids);
  }
}

/** Tells the supervisor which of its descriptors are the cgroup's files. */
function cgroupArguments(cgroup: CgroupRequest | undefined): string[] {
  if (!cgroup) return [];
  const joins = cgroup.joins.map((_, index) => FIRST_CGROUP_FD + index);
  const next = FIRST_CGROUP_FD + joins.length;
  const files = ['cpu', 'oom', ...(cgroup.peak === undefined ? [] : ['peak'])];
  return [`join=${joins.join(',')}`, ...files.map((name, index) => `${name}=${next + index}`)];
}

class BubblewrapSandbox implements Sandbox {
  constructor(
    private readonly session: SupervisorSession,
    private readonly cgroup: RunCgroup | undefined,
    private readonly isUpToDate: () => boolean,
    private readonly onGone: () => void,
  ) {}

  /** One that shows programs of before an upgrade is of no use any more. */
  get isAlive(): boolean {
    return this.session.isAlive && this.isUpToDate();
  }

  answers(): Promise<boolean> {
    return this.session.answers();
  }

  prepared(): Promise<void> {
    return this.session.prepared();
  }

  memoryBytes(): number | undefined {
    return this.cgroup?.currentBytes();
  }

  park(launch: Launch, place: ParkingPlace, limits: Limits): Promise<void> {
    return this.session.park(launch, place, limits);
  }

  async run(stage: Stage, signal: AbortSignal, follower?: StageFollower): Promise<StageFacts> {
    const { facts, lost } = await this.runInGroup(stage, signal, follower);
    if (lost === undefined) return facts;
    // The supervisor went down with the program's memory: that is a fact about the program, not our fault (S6).
    const memory = this.memoryAfterLoss();
    if (memory && memory.oomKills > 0) {
      return { ...facts, memoryExceeded: true, memoryPeakBytes: memory.peakBytes };
    }
    if (isProgramsDoing(lost, this.session.end)) throw new SandboxLost(lost.reason, facts);
    throw new SandboxError(lost.reason);
  }

  private async runInGroup(stage: Stage, signal: AbortSignal, follower?: StageFollower): Promise<StageEnd> {
    let lasting: NodeJS.Timeout | undefined;
    const release = () => {
      this.release(stage.limits);
      lasting = setTimeout(() => this.giveWay(), SHORT_RUN_MS);
    };
    try {
      return await this.session.run(stage, signal, follower, release);
    } finally {
      clearTimeout(lasting);
    }
  }

  private release(limits: Limits): void {
    try {
      this.cgroup?.release(limits);
    } catch (error) {
      throw new SandboxError(`the limits of a sandbox could not be changed: ${String(error)}`);
    }
  }

  private giveWay(): void {
    try {
      this.cgroup?.giveWay();
    } catch {
      // It went with its launcher; the run is given back for that.
    }
  }

  /** undefined: the cgroup of a sandbox that was given up may be gone with it. */
  private memoryAfterLoss() {
    try {
      return this.cgroup?.memory();
    } catch {
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.kill();
    this.onGone();
  }
}

/** What is to be mounted into a read-only directory needs something there to cover. A file is there already. */
function makeMountPoint(source: string, target: string): void {
  mkdirSync(isDirectory(source) ? target : dirname(target), { recursive: true });
  if (!isDirectory(source)) copyFileSync(source, target);
}

function makeRootEntries(layer: string): void {
  const { links, directories, files } = rootEntries();
  for (const path of directories) mkdirSync(join(layer, path), { recursive: true });
  for (const path of files) writeFileSync(join(layer, path), '');
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(layer, path));
}

/** What stands for files of the kernel's: `empty` and `nothing`, and each that is replaced under its own name. */
function makeFilesOfProc(directory: string): void {
  const put = (name: string, content: string) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  };
  put('empty', '');
  mkdirSync(join(directory, 'nothing'));
  put('stat', uncounted(readFileSync('/proc/stat', 'utf8')));
  put('boot_id', `${BOOT_ID}\n`);
  for (const name of FS_SETTINGS.filter((setting) => existsSync(join('/proc/sys/fs', setting)))) {
    put(join('fs', name), readFileSync(join('/proc/sys/fs', name), 'utf8'));
  }
}

const isRoot = () => process.getuid?.() === 0;
const ownId = () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
