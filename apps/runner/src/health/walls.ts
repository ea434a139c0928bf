import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { DEFAULT_LIMITS, type Limits } from '@runbin/contracts/limits';
import {
  type SandboxEngine,
  SandboxError,
  type SandboxProfile,
  type Stage,
  type StageFacts,
} from '../sandbox/sandbox';
import { BASE_ENV, SHARED } from '../sandbox/bubblewrap.policy';
import { ownMark } from '../sandbox/runner.marks';

const MIB = 1024 * 1024;

/** Of every kind that both engines give a sandbox of its own. Its user is looked at by itself. */
const NAMESPACES = ['net', 'pid', 'ipc', 'uts', 'mnt', 'cgroup'] as const;
/** What a sandbox sees under the same name, and must have as its own. */
const FILES = ['/', '/usr', '/usr/bin/env', '/etc', '/etc/passwd', '/dev', '/proc/version', '/proc/cmdline'];
/** Only the host's root can make such; a runner that is not says so (`degraded`). */
const DEVICES = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom', '/dev/tty'];
/** Lines of the probe that are kept for one wall. */
const FINDINGS_PER_WALL = 3;

/**
 * Tries the walls from inside. Each probe is a program that would succeed without its wall.
 * @param probePath the probe program (apps/runner/probe)
 * @returns what does not hold, each with the wall's name first; empty when all do
 */
export async function brokenWalls(
  engine: SandboxEngine,
  profile: SandboxProfile,
  probePath: string,
): Promise<string[]> {
  const attempt = async (limits: Partial<Limits>, stage: Omit<Stage, 'limits'>) => {
    const allowed = { ...DEFAULT_LIMITS, ...limits };
    await using sandbox = await engine.take(profile, allowed);
    return await sandbox.run({ ...stage, limits: allowed }, new AbortController().signal);
  };
  try {
    const found = findings(await attempt({ files_bytes: PROBE_FILES_BYTES }, probeStage(probePath, engine)));
    const limits = await Promise.all(
      LIMIT_PROBES.map(async ({ wall, script, holds, ...probe }) => {
        const facts = await attempt(probe.limits, {
          argv: ['/bin/sh', '-c', script],
          env: { ...BASE_ENV },
          files: [],
          stdin: Buffer.alloc(0),
          onOutputOverflow: 'discard',
        });
        return holds(facts) ? [] : [`${wall}: ${describe(facts)}`];
      }),
    );
    return [...found, ...limits.flat()];
  } catch (error) {
    // The supervisor sees some missing walls first, and refuses.
    if (error instanceof SandboxError) return [error.message];
    throw error;
  }
}

// --- what the probe program finds ------------------------------------------------------------------------------

const PROBE_FILES_BYTES = 4 * MIB;

function probeStage(probePath: string, { degraded }: SandboxEngine): Omit<Stage, 'limits'> {
  const namespaces = NAMESPACES.flatMap((kind) => ownNamespace(kind) ?? []);
  const isShared = (what: string) => degraded.some((reason) => reason.includes(`share the ${what}`));
  const inodes = [
    ...(isShared(SHARED.files) ? [] : [...FILES, ...(isShared(SHARED.devices) ? [] : DEVICES)]),
  ];
  return {
    argv: [
      ...['./probe', `files=${PROBE_FILES_BYTES}`, `mark=${ownMark()}`],
      ...inodes.flatMap((path) => inodeOf(path) ?? []),
      ...namespaces,
    ],
    env: {},
    files: [{ name: 'probe', content: readFileSync(probePath), mode: 0o755 }],
    stdin: Buffer.alloc(0),
  };
}

/** undefined: there is no such file here. */
function inodeOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `inode=${found.dev}:${found.ino}:${path}`;
}

/** undefined: the kernel has none of this kind. */
function ownNamespace(kind: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`);
  } catch {
    return undefined;
  }
}

/** One line for each wall. */
function findings(facts: StageFacts): string[] {
  const lines = facts.stdout.toString().split('\n');
  if (facts.exitCode !== 0 || lines.at(-2) !== 'tried') return [`the probe ended early: ${describe(facts)}`];
  const byWall = new Map<string, string[]>();
  for (const line of lines.slice(0, -2)) {
    const [wall = '', ...finding] = line.split(': ');
    byWall.set(wall, [...(byWall.get(wall) ?? []), finding.join(': ')]);
  }
  return [...byWall].map(([wall, found]) => {
    const more = found.length - FINDINGS_PER_WALL;
    return `${wall}: ${found.slice(0, FINDINGS_PER_WALL).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
  });
}

function describe({ stdout, stderr, exitCode, signal, execErrno }: StageFacts): string {
  const printed = `${stdout.toString().slice(0, 100)} ${stderr.toString().slice(0, 100)}`.trim();
  return `exit code ${exitCode}, signal ${signal}, errno ${execErrno}, printed ${JSON.stringify(printed)}`;
}

// --- limits: programs that want more -----------------------------------------------------------------------------

interface LimitProbe {
  wall: string;
  script: string;
  limits: Partial<Limits>;
  holds: (facts: StageFacts) => boolean;
}

const LIMIT_PROBES: LimitProbe[] = [
  {
    wall: 'bounded memory',
    script: 'head -c 100000000 /dev/zero | tail -c 90000000 > /dev/null',
    limits: { memory_bytes: 16 * MIB },
    holds: (facts) => facts.memoryExceeded,
  },
  {
    wall: 'bounded processes',
    script: 'for i in 1 2 3 4 5 6 7 8; do sleep 10 & done; echo all',
    limits: { processes: 4 },
    holds: (facts) => !facts.stdout.toString().includes('all'),
  },
  {
    wall: 'bounded files',
    script: 'head -c 2000000 /dev/zero > /tmp/a && echo written',
    limits: { files_bytes: MIB },
    holds: (facts) => facts.stdout.length === 0,
  },
  {
    wall: 'bounded output',
    script: 'head -c 9000 /dev/zero; head -c 9000 /dev/zero >&2',
    limits: { output_bytes: 1000 },
    holds: (facts) =>
      [facts.stdout.length, facts.stderr.length].every((bytes) => bytes === 1000) &&
      facts.stdoutTruncated &&
      facts.stderrTruncated,
  },
  {
    wall: 'bounded CPU time',
    script: 'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done',
    limits: { cpu_time_ms: 100 },
    holds: (facts) => facts.cpuExceeded,
  },
  {
    wall: 'bounded wall time',
    script: 'sleep 2',
    limits: { wall_time_ms: 100 },
    holds: (facts) => facts.wallExceeded,
  },
  {
    wall: 'nothing outlives the run',
    script: '(trap "" HUP INT TERM; sleep 8) & echo over',
    limits: { wall_time_ms: 7_000 },
    holds: (facts) => facts.exitCode === 0 && !facts.wallExceeded && facts.stdout.toString() === 'over\n',
  },
];
