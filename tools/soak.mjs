// npm run soak -- [--runs 10000]
// Runs so many programs in a row on a copy of its own, and tells what the runner holds before and after. Exits 1 when it
// holds more: processes, descriptors, cgroups, mounts, containers, files, IPC objects, or 5 % more memory.
import { parseArgs } from 'node:util';
import { Client } from './lib/client.mjs';
import { Host } from './lib/hostile/host.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';
import { soak, SOAK_ENV, soakTable } from './lib/soak.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' } } });
const runs = Number(values.runs);
/** Until the engine has compiled what is hot, its heap and the pool have found their size. */
const WARM_UP = Math.min(1_000, Math.ceil(runs / 5));

const copy = new PrivateCopy(SOAK_ENV);
try {
  const client = new Client(await copy.start());
  const host = Host.find(client.url);
  if (!host) throw new Error('its processes can not be looked at');
  const since = performance.now();
  const outcome = await soak(client, host, {
    runs,
    warmUp: WARM_UP,
    judgeMemory: true,
    onProgress: (done) => process.stderr.write(`${done} of ${runs}\r`),
  });
  const perSecond = ((runs + WARM_UP) / ((performance.now() - since) / 1000)).toFixed(1);
  console.log(`${runs} runs after ${WARM_UP} to warm up, ${perSecond} a second\n\n${soakTable(outcome)}`);
  for (const problem of outcome.problems) console.log(`LEAK: ${problem}`);
  process.exitCode = outcome.problems.length > 0 ? 1 : 0;
  client.close();
} finally {
  await copy.discard();
}
