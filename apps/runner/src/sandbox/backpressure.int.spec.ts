import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';
import { BASE_ENV, SUPERVISOR_IN_VIEW } from './bubblewrap.policy';
import { ANY_TOOLCHAIN } from './sandbox';

const MIB = 1024 * 1024;

// Never the one with sanitizers, whose own memory is far above what is measured here.
const engine = bubblewrapUnderTest({ supervisorPath: 'dist/supervisor' });

beforeAll(() => engine.start());
afterAll(() => engine.stop());

it('who follows slowly slows the program: nobody between them keeps what it could not tell yet', async () => {
  const resident: number[] = [];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let seen = 0;
  const limits = { ...DEFAULT_LIMITS, output_bytes: 16 * MIB };
  await using sandbox = await engine.take({ language: ANY_TOOLCHAIN, mounts: [] }, limits);
  const argv = ['head', '-c', '12000000', '/dev/zero'];
  const facts = await sandbox.run(
    { argv, env: { ...BASE_ENV }, files: [], stdin: Buffer.alloc(0), limits },
    new AbortController().signal,
    {
      onOutput: ({ bytes }) => {
        seen += bytes.length;
        if (resident.length === 20) return;
        // eslint-disable-next-line no-restricted-properties -- the pace of somebody who follows slowly
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

/** Memory of the one supervisor that we have, in bytes; 0 when it is not there. */
function residentOfSupervisor(): number {
  const files = readdirSync('/proc').flatMap((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(SUPERVISOR_IN_VIEW) && isOurs(pid)
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
