import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { describeStreams } from '../../test/sandbox.streams.suite';
import { BASE_ENV } from './bubblewrap.policy';
import type { Stage } from './sandbox';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';

const PROFILE = { language: 'python', mounts: [] };

describe('bubblewrap', () => {
  const engine = bubblewrapUnderTest();

  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  async function run(argv: string[], wanted: Partial<Stage>) {
    const limits = DEFAULT_LIMITS;
    await using sandbox = await engine.take(PROFILE, limits);
    return await sandbox.run(
      { argv, env: { ...BASE_ENV }, files: [], stdin: Buffer.alloc(0), limits, ...wanted },
      new AbortController().signal,
    );
  }

  describeStreams(engine, PROFILE);

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
