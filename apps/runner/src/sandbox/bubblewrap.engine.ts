import { Logger } from '@nestjs/common';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import type { Limits } from '@runbin/contracts/limits';
import { bubblewrapArguments, ETC_FILES, type HostPaths, SUPERVISOR_PATH } from './bubblewrap.policy';
import { type CgroupManager, findCgroups, type RunCgroup } from './cgroup';
import { leftBehind, ownMark } from './runner.marks';
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
import { type SupervisorLink, SupervisorSession } from './supervisor.session';
import { isBelow, versionNumbers } from '@runbin/platform/version.floor';

export interface BubblewrapOptions {
  bwrapPath: string;
  supervisorPath: string;
  /** First of the host uids that sandboxes run under, when we are root. */
  uidBase: number;
  cgroupDir: string | undefined;
}

/** Below this, fixes of 2025 and 2026 are missing (security.md of the docs names them). */
const BUBBLEWRAP_FLOOR = [0, 12, 0];

/** Descriptors of bwrap: 0, 1, 2, its arguments, and from here on the cgroup's files. */
const ARGUMENTS_FD = 3;
const FIRST_CGROUP_FD = 4;

/**
 * Sandboxes by bubblewrap: namespaces without privilege, one bwrap process each. It needs no daemon. Where the
 * runner is root every sandbox has a host uid of its own.
 */
export class BubblewrapEngine implements SandboxEngine {
  readonly name = 'bubblewrap';
  readonly degraded: string[] = [];
  private readonly logger = new Logger('Bubblewrap');
  private host: HostPaths | undefined;
  private cgroups: CgroupManager | undefined;
  private readonly uids: UidPool;
  private readonly argumentsByKey = new Map<string, Buffer>();

  constructor(private readonly options: BubblewrapOptions) {
    this.uids = new UidPool(options.uidBase);
  }

  async start(): Promise<void> {
    await this.checkVersion();
    this.host = this.makeRuntimeDir();
    const found = findCgroups(this.options.cgroupDir);
    if ('reason' in found) {
      this.degraded.push(
        `no cgroup (${found.reason}): memory, CPU and processes are limited by rlimits and sampling`,
      );
    } else {
      this.cgroups = found;
    }
    if (!isRoot()) this.degraded.push('the runner is not root: all sandboxes share its host uid');
    for (const mode of this.degraded) this.logger.warn(`degraded: ${mode}`);
  }

  async stop(): Promise<void> {
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
    const { host } = this;
    if (!host) throw new Error('take before start');
    const cgroup = this.cgroups?.create();
    cgroup?.limit(limits);
    const cgroupFds = cgroup ? [...cgroup.joinFds, cgroup.cpuFd, cgroup.oomFd] : [];
    const numbers = cgroupFds.map((_, index) => FIRST_CGROUP_FD + index);
    const supervisorArguments = cgroup
      ? [`join=${numbers.slice(0, -2).join(',')}`, `cpu=${numbers.at(-2)}`, `oom=${numbers.at(-1)}`]
      : [];
    const uid = isRoot() ? this.uids.take() : undefined;
    const child = spawn(
      this.options.bwrapPath,
      ['--args', String(ARGUMENTS_FD), '--', SUPERVISOR_PATH, ...supervisorArguments],
      {
        // bwrap's own /proc/PID/environ is PID 1's to the program: --clearenv would be too late (S1).
        env: {},
        cwd: '/',
        stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...cgroupFds],
        ...(uid === undefined ? {} : { uid, gid: uid }),
      },
    );
    const argumentsPipe = child.stdio[ARGUMENTS_FD] as NodeJS.WritableStream;
    argumentsPipe.on('error', () => undefined); // bwrap died: its exit says why
    argumentsPipe.end(this.argumentsFor(profile, host));
    const flags = SetupFlag.mountFiles | (cgroup ? 0 : SetupFlag.sampleMemory | SetupFlag.limitProcesses);
    const session = new SupervisorSession(linkTo(child), flags, limits);
    return Promise.resolve(
      new BubblewrapSandbox(session, cgroup, limits, () => {
        if (uid !== undefined) this.uids.giveBack(uid);
      }),
    );
  }

  /** Worked out once: which of the paths exist does not change while the toolchains stay that were found at start. */
  private argumentsFor(profile: SandboxProfile, host: HostPaths): Buffer {
    const key = this.keyOf(profile);
    const known = this.argumentsByKey.get(key);
    if (known) return known;
    const made = Buffer.from(
      bubblewrapArguments(host, profile.mounts)
        .map((argument) => `${argument}\0`)
        .join(''),
    );
    this.argumentsByKey.set(key, made);
    return made;
  }

  /** Sandboxes run under uids that can not look into our home: what they need is put where they can. */
  private makeRuntimeDir(): HostPaths {
    for (const left of leftBehind(tmpdir())) rmSync(left, { recursive: true, force: true });
    const runtimeDir = mkdtempSync(join(tmpdir(), `${ownMark()}-`));
    const etc = join(runtimeDir, 'etc');
    mkdirSync(etc);
    for (const [name, content] of Object.entries(ETC_FILES)) writeFileSync(join(etc, name), content);
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
  private next: number;

  constructor(base: number) {
    this.next = base;
  }

  take(): number {
    return this.free.pop() ?? this.next++;
  }

  giveBack(uid: number): void {
    this.free.push(uid);
  }
}

function linkTo(child: ChildProcess): SupervisorLink {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('bwrap was started without pipes');
  // A spawn that failed emits error and then close.
  child.on('error', (error) => stderr.push(error.message));
  return {
    stdin,
    stdout,
    stderr,
    // Close, not exit: frames that were sent before the end are still in the pipe.
    closed: once(child, 'close').catch(() => undefined),
    kill: () => child.kill('SIGKILL'),
  };
}

class BubblewrapSandbox implements Sandbox {
  constructor(
    private readonly session: SupervisorSession,
    private readonly cgroup: RunCgroup | undefined,
    /** That the cgroup has. */
    private readonly limits: Limits,
    private readonly onGone: () => void,
  ) {}

  get isAlive(): boolean {
    return this.session.isAlive;
  }

  prepared(): Promise<void> {
    return this.session.prepared();
  }

  memoryBytes(): number | undefined {
    return this.cgroup?.memory().currentBytes;
  }

  park(launch: Launch, place: ParkingPlace, limits: Limits): Promise<void> {
    return this.session.park(launch, place, limits);
  }

  async run(stage: Stage, signal: AbortSignal, follower?: StageFollower): Promise<StageFacts> {
    if (!isDeepStrictEqual(stage.limits, this.limits)) this.cgroup?.limit(stage.limits);
    const ended = await this.session.run(stage, signal, follower);
    const memory = this.cgroup?.memory();
    const oomKilled = (memory?.oomKills ?? 0) > 0;
    if (ended.lost !== undefined) {
      // The supervisor went down with the program's memory: that is a fact about the program, not our fault (S6).
      if (!oomKilled) throw new SandboxError(ended.lost);
      return { ...ended.facts, memoryExceeded: true, memoryPeakBytes: memory?.peakBytes ?? 0 };
    }
    return {
      ...ended.facts,
      memoryExceeded: ended.facts.memoryExceeded || oomKilled,
      memoryPeakBytes: memory?.peakBytes || ended.facts.memoryPeakBytes,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.kill();
    await this.cgroup?.destroy();
    this.onGone();
  }
}

const isRoot = () => process.getuid?.() === 0;
