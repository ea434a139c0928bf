import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { BASE_ENV } from '../sandbox/bubblewrap.policy';
import type { SandboxEngine, SandboxProfile, StageFacts } from '../sandbox/sandbox';

const MIB = 1024 * 1024;

/**
 * Tries the walls from inside. Each probe is a program that would succeed without its wall.
 * @returns what does not hold; empty when all do
 */
export async function brokenWalls(engine: SandboxEngine, profile: SandboxProfile): Promise<string[]> {
  const broken: string[] = [];
  for (const { wall, script, limits, holds } of PROBES) {
    const allowed = { ...DEFAULT_LIMITS, ...limits };
    await using sandbox = await engine.take(profile, allowed);
    const facts = await sandbox.run(
      {
        argv: ['/bin/sh', '-c', script],
        env: { ...BASE_ENV },
        files: [],
        stdin: Buffer.alloc(0),
        limits: allowed,
      },
      new AbortController().signal,
    );
    if (!holds(facts))
      broken.push(
        `${wall}: ${facts.stdout.toString().slice(0, 200)}${facts.stderr.toString().slice(0, 200)}`,
      );
  }
  return broken;
}

interface Probe {
  wall: string;
  script: string;
  limits?: Partial<typeof DEFAULT_LIMITS>;
  holds: (facts: StageFacts) => boolean;
}

const prints = (text: string) => (facts: StageFacts) => facts.stdout.toString() === text;

const PROBES: Probe[] = [
  {
    wall: 'no capabilities, no new privileges, system call filter',
    script: "grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp|Uid):' /proc/self/status | tr -s '\\t' ' '",
    holds: prints(
      'Uid: 1000 1000 1000 1000\nCapPrm: 0000000000000000\nCapEff: 0000000000000000\nCapBnd: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\n',
    ),
  },
  {
    wall: 'read-only root',
    script: 'for d in / /usr /etc /dev /proc; do touch $d/probe 2>/dev/null && echo $d; done; exit 0',
    holds: prints(''),
  },
  {
    wall: 'nothing inherited',
    script:
      'env | grep -vE "^(PATH|HOME|TMPDIR|LANG|PWD)="; for n in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$n ] && echo $n; done; exit 0',
    holds: prints(''),
  },
  {
    wall: 'own network',
    script: "tail -n +3 /proc/net/dev | tr -d ' ' | cut -d: -f1",
    holds: prints('lo\n'),
  },
  {
    wall: 'supervisor is closed to the program',
    script: 'cat /proc/1/environ 2>/dev/null; ls /proc/1/fd 2>/dev/null',
    holds: prints(''),
  },
  {
    wall: 'files are bounded',
    script: 'head -c 2000000 /dev/zero > /tmp/a && echo written',
    limits: { files_bytes: MIB },
    holds: prints(''),
  },
  {
    wall: 'memory is bounded',
    script: 'head -c 100000000 /dev/zero | tail -c 90000000 > /dev/null',
    limits: { memory_bytes: 16 * MIB },
    holds: (facts) => facts.memoryExceeded,
  },
  {
    wall: 'processes are bounded',
    script: 'for i in 1 2 3 4 5 6 7 8; do sleep 10 & done; echo all',
    limits: { processes: 4 },
    holds: (facts) => !facts.stdout.toString().includes('all'),
  },
];
