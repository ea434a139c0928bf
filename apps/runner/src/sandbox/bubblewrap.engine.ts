import { Logger } from '@nestjs/common';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bubblewrapArguments, ETC_FILES, type HostPaths, SUPERVISOR_PATH } from './bubblewrap.policy';
import { type CgroupManager, findCgroups, type RunCgroup } from './cgroup';
import { leftBehind, ownMark } from './runner.marks';
import {
  type Sandbox,
  type SandboxEngine,
  SandboxError,
  type SandboxProfile,
  type Stage,
  type StageFacts,
} from './sandbox';
import { SetupFlag } from './supervisor.protocol';
import { SupervisorSession } from './supervisor.session';

export interface BubblewrapOptions {
  bwrapPath: string;
  supervisorPath: string;
  /** Host uid of slot 0; the others follow. Used when we are root. */
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
 * runner is root every slot has a host uid of its own.
 */
export class BubblewrapEngine implements SandboxEngine {
  readonly name = 'bubblewrap';
  readonly degraded: string[] = [];
  private readonly logger = new Logger('Bubblewrap');
  private host: HostPaths | undefined;
  private cgroups: CgroupManager | undefined;

  constructor(private readonly options: BubblewrapOptions) {}

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

  take(profile: SandboxProfile): Promise<Sandbox> {
    const { host } = this;
    if (!host) throw new Error('take before start');
    const cgroup = this.cgroups?.create();
    const cgroupFds = cgroup ? [...cgroup.joinFds, cgroup.cpuFd, cgroup.oomFd] : [];
    const numbers = cgroupFds.map((_, index) => FIRST_CGROUP_FD + index);
    const supervisorArguments = cgroup
      ? [`join=${numbers.slice(0, -2).join(',')}`, `cpu=${numbers.at(-2)}`, `oom=${numbers.at(-1)}`]
      : [];
    const child = spawn(
      this.options.bwrapPath,
      ['--args', String(ARGUMENTS_FD), '--', SUPERVISOR_PATH, ...supervisorArguments],
      {
        // bwrap's own /proc/PID/environ is PID 1's to the program: --clearenv would be too late (S1).
        env: {},
        cwd: '/',
        stdio: ['pipe', 'pipe', 'pipe', 'pipe', ...cgroupFds],
        ...(isRoot()
          ? { uid: this.options.uidBase + profile.slot, gid: this.options.uidBase + profile.slot }
          : {}),
      },
    );
    const argumentsPipe = child.stdio[ARGUMENTS_FD] as NodeJS.WritableStream;
    argumentsPipe.on('error', () => undefined); // bwrap died: its exit says why
    argumentsPipe.end(
      bubblewrapArguments(host, profile.mounts)
        .map((argument) => `${argument}\0`)
        .join(''),
    );
    return Promise.resolve(new BubblewrapSandbox(new SupervisorSession(child), cgroup));
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
    const version = /(\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
    if (isBelow(version, BUBBLEWRAP_FLOOR)) {
      this.degraded.push(`bubblewrap ${version.join('.')} is older than ${BUBBLEWRAP_FLOOR.join('.')}`);
    }
  }
}

class BubblewrapSandbox implements Sandbox {
  constructor(
    private readonly session: SupervisorSession,
    private readonly cgroup: RunCgroup | undefined,
  ) {}

  async run(stage: Stage, signal: AbortSignal): Promise<StageFacts> {
    this.cgroup?.limit(stage.limits);
    const fallback = this.cgroup ? 0 : SetupFlag.sampleMemory | SetupFlag.limitProcesses;
    const ended = await this.session.run(stage, SetupFlag.mountFiles | fallback, signal);
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
  }
}

const isRoot = () => process.getuid?.() === 0;

function isBelow(version: number[], floor: number[]): boolean {
  for (const [index, least] of floor.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
