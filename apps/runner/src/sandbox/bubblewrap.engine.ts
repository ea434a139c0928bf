import { Logger } from '@nestjs/common';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Limits } from '@runbin/contracts/limits';
import {
  bubblewrapArguments,
  ETC_FILES,
  ETC_OF_HOST,
  existingPaths,
  type HostPaths,
  SUPERVISOR_PATH,
} from './bubblewrap.policy';
import { type CgroupManager, type CgroupRequest, findCgroups, type RunCgroup } from './cgroup';
import { encodeView, type IdRange, Launcher } from './launcher';
import { makeRuntimeDir, socketPath } from './runtime.dir';
import {
  type Launch,
  type ParkingPlace,
  type Sandbox,
  type SandboxEngine,
  SandboxError,
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

/** Sandboxes that live at the same time are never so many. */
const MAX_SANDBOXES = 4096;

/**
 * Sandboxes by bubblewrap: namespaces without privilege. It needs no daemon. bubblewrap makes what sandboxes see, once, and each
 * is a clone of that. Where the launcher is root every sandbox has a host uid of its own.
 */
export class BubblewrapEngine implements SandboxEngine {
  readonly name = 'bubblewrap';
  readonly degraded: string[] = [];
  private readonly logger = new Logger('Bubblewrap');
  private host: HostPaths | undefined;
  private launcher: Launcher | undefined;
  private cgroups: CgroupManager | undefined;
  private readonly uids: UidPool;
  private readonly viewsByKey = new Map<string, Buffer>();

  constructor(private readonly options: BubblewrapOptions) {
    this.uids = new UidPool(options.uidBase);
  }

  async start(): Promise<void> {
    await this.checkVersion();
    this.host = this.makeHostPaths();
    const { launcherPath, launcherSocket } = this.options;
    const found = findCgroups(this.options.cgroupDir, { movesAsRoot: launcherSocket !== undefined });
    if ('reason' in found) {
      this.degraded.push(
        `no cgroup (${found.reason}): memory, CPU and processes are limited by rlimits and sampling`,
      );
    } else {
      this.cgroups = found;
    }
    this.launcher =
      launcherSocket === undefined
        ? new Launcher(launcherPath, socketPath(join(this.host.runtimeDir, 'launcher.sock')))
        : new Launcher(undefined, launcherSocket);
    await this.launcher.start();
    if (!this.hasUids) this.degraded.push('the runner is not root: all sandboxes share its host uid');
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
    return toolchainStamp();
  }

  take(profile: SandboxProfile, limits: Limits): Promise<Sandbox> {
    const { host, launcher } = this;
    if (!host || !launcher) throw new Error('take before start');
    const cgroup = this.cgroups?.plan(limits);
    const uid = this.hasUids ? this.uids.take() : undefined;
    const link = launcher.launch({
      argv: [SUPERVISOR_PATH, ...cgroupArguments(cgroup?.request)],
      view: this.viewFor(profile, host),
      uid,
      cgroup: cgroup?.request,
    });
    const flags = SetupFlag.mountFiles | (cgroup ? 0 : SetupFlag.sampleMemory | SetupFlag.limitProcesses);
    const session = new SupervisorSession(link, flags, limits);
    return Promise.resolve(
      new BubblewrapSandbox(session, cgroup, () => {
        if (uid !== undefined) this.uids.giveBack(uid);
      }),
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
    for (const path of mounts)
      if (path.startsWith('/etc/')) makeMountPoint(path, join(host.runtimeDir, path));
    const bwrap = [
      this.options.bwrapPath,
      ...bubblewrapArguments(host, mounts, this.hasUids ? undefined : ownId()),
    ];
    const made = encodeView(bwrap, this.hasUids ? this.uids.range : undefined);
    this.viewsByKey.set(key, made);
    return made;
  }

  /** Sandboxes run under uids that can not look into our home: what they need is put where they can. */
  private makeHostPaths(): HostPaths {
    const runtimeDir = makeRuntimeDir(this.options.runtimeDir);
    const etc = join(runtimeDir, 'etc');
    mkdirSync(etc);
    for (const [name, content] of Object.entries(ETC_FILES)) writeFileSync(join(etc, name), content);
    for (const path of ETC_OF_HOST.filter(existsSync)) {
      cpSync(path, join(etc, basename(path)), { recursive: true, verbatimSymlinks: true });
    }
    copyFileSync(this.options.supervisorPath, join(runtimeDir, 'supervisor'));
    const systemHasNode = ['/usr/local/bin/node', '/usr/bin/node'].some(existsSync);
    if (!systemHasNode) copyFileSync(process.execPath, join(runtimeDir, 'node'));
    chmodSync(join(runtimeDir, 'supervisor'), 0o755);
    chmodSync(etc, 0o755);
    chmodSync(runtimeDir, 0o755);
    return { runtimeDir, node: systemHasNode ? undefined : join(runtimeDir, 'node') };
  }

  private async checkVersion(): Promise<void> {
    const { stdout } = await promisify(execFile)(this.options.bwrapPath, ['--version'], { env: {} });
    const version = versionNumbers(stdout);
    if (isBelow(version, BUBBLEWRAP_FLOOR)) {
      this.degraded.push(`bubblewrap ${version.join('.')} is older than ${BUBBLEWRAP_FLOOR.join('.')}`);
    }
  }
}

/** Host uids for sandboxes: two that live at the same time never share one. */
class UidPool {
  private readonly free: number[] = [];
  readonly range: IdRange;
  private next: number;

  constructor(base: number) {
    this.next = base;
    this.range = { first: base, count: MAX_SANDBOXES };
  }

  /** The one that was given back longest ago: the last of its processes may still be on their way out. */
  take(): number {
    return this.free.shift() ?? this.next++;
  }

  giveBack(uid: number): void {
    this.free.push(uid);
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
    private readonly onGone: () => void,
  ) {}

  get isAlive(): boolean {
    return this.session.isAlive;
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
    const memory = this.memoryAfter(lost);
    if (!memory || memory.oomKills === 0) throw new SandboxError(lost);
    return { ...facts, memoryExceeded: true, memoryPeakBytes: memory.peakBytes };
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

  /** The cgroup of a sandbox that was given up may be gone with it. */
  private memoryAfter(lost: string) {
    try {
      return this.cgroup?.memory();
    } catch {
      throw new SandboxError(lost);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.kill();
    this.onGone();
  }
}

/** What is to be mounted into a read-only directory needs something there to cover. */
function makeMountPoint(source: string, target: string): void {
  const isDirectory = statSync(source).isDirectory();
  mkdirSync(isDirectory ? target : dirname(target), { recursive: true });
  if (!isDirectory) writeFileSync(target, '');
}

const isRoot = () => process.getuid?.() === 0;
const ownId = () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
