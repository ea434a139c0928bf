import { Host } from '../tools/lib/hostile/host.mjs';
import { soak, SOAK_ENV } from '../tools/lib/soak.mjs';
import { useSystem } from './system';

const RUNS = 300;
const TIMEOUT_MS = 600_000;

describe('many runs in a row', () => {
  const system = useSystem(SOAK_ENV);

  it(
    'leave nothing on the machine',
    async () => {
      const host = Host.find(system.client.url);
      if (!host) throw new Error('the processes of our own copy can not be looked at');
      // `npm run soak` judges the memory too: over thousands of runs, on a machine that has time for it.
      const { problems } = await soak(system.client, host, { runs: RUNS, warmUp: 60, judgeMemory: false });
      expect(problems).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
