import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { describeStreams } from '../../test/sandbox.streams.suite';
import { BASE_ENV } from './bubblewrap.policy';
import type { Stage, StageFollower } from './sandbox';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';

const MIB = 1024 * 1024;
const PROFILE = { language: 'python', mounts: [] };

describe('bubblewrap', () => {
  // Not the one with sanitizers, whose own memory is far above what is measured here.
  const engine = bubblewrapUnderTest({ supervisorPath: 'dist/supervisor' });

  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  async function run(argv: string[], wanted: Partial<Stage>, follower?: StageFollower) {
    const limits = { ...DEFAULT_LIMITS, output_bytes: 16 * MIB };
    await using sandbox = await engine.take(PROFILE, limits);
    return await sandbox.run(
      { argv, env: { ...BASE_ENV }, files: [], stdin: Buffer.alloc(0), limits, ...wanted },
      new AbortController().signal,
      follower,
    );
  }

  describeStreams(engine, PROFILE);

  it('who follows slowly slows the program: nobody between them keeps what it could not tell yet', async () => {
    const resident: number[] = [];
    const pause = new Int32Array(new SharedArrayBuffer(4));
    let seen = 0;
    const facts = await run(
      ['sh', '-c', 'head -c 12000000 /dev/zero'],
      {},
      {
        onOutput: ({ bytes }) => {
          seen += bytes.length;
          if (resident.length === 20) return;
          Atomics.wait(pause, 0, 0, 20);
          resident.push(residentOfSupervisor());
        },
      },
    );
    expect(facts).toMatchObject({ exitCode: 0, stdoutTruncated: false });
    expect(seen).toBe(12_000_000);
    expect(Math.min(...resident)).toBeGreaterThan(0);
    expect(Math.max(...resident)).toBeLessThan(4 * MIB);
  });

  it('there is no terminal but the one that was asked for', async () => {
    const count = [
      'sh',
      '-c',
      'ls -1 /dev/pts; python3 -c "import os; os.openpty()" 2>/dev/null || echo none',
    ];
    expect((await run(count, {})).stdout.toString()).toBe('none\n');
    const terminal = { columns: 80, rows: 24 };
    expect((await run(count, { terminal })).stdout.toString()).toBe('0\r\nptmx\r\nnone\r\n');
  });
});

/** Memory of the one supervisor that we have, in bytes; 0 when it is not there. */
function residentOfSupervisor(): number {
  const files = readdirSync('/proc').flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/.supervisor') && isOurs(pid)
        ? [readFileSync(`/proc/${pid}/statm`, 'utf8')]
        : [];
    } catch {
      return []; // it ended meanwhile, or was no process
    }
  });
  return Math.max(0, ...files.map((statm) => Number(statm.split(' ')[1]) * 4096));
}

function isOurs(pid: string): boolean {
  for (let at = pid; Number(at) > 1;) {
    at = /\) \S (\d+)/.exec(readFileSync(`/proc/${at}/stat`, 'utf8'))?.[1] ?? '0';
    if (Number(at) === process.pid) return true;
  }
  return false;
}
