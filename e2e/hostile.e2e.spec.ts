import { type HostileCase, readCatalogue } from '../tools/lib/hostile/catalogue.mjs';
import { Host } from '../tools/lib/hostile/host.mjs';
import { runCase, sourceNamesOf } from '../tools/lib/hostile/run.mjs';
import { descendantsOf } from '../tools/lib/private.copy.mjs';
import { HOSTILE_DIR, HOSTILE_FAMILIES, OUR_HOSTILE_DIR } from './environment';
import { useSystem } from './system';
import { until } from '../libs/platform/test/until';

/** Speed is shown by `npm run hostile` on an idle machine; here it may be a slow and busy one. */
const PATIENCE = 20;
/** The longest case has a pair and variants of half a minute each. */
const CASE_TIMEOUT_MS = 300_000;
const SETTLED_MS = 120_000;
/** Of a thousand; `npm run hostile` takes the others, and `npm run soak` ten thousand of its own. */
const REPEAT_MAX = 100;

/** As many sandboxes are kept ready before as after, so that what is left over can be told from them. */
const system = useSystem({ RUNNER_POOL_MIN: '1', RUNNER_POOL_MAX: '1' });
let sourceNames: Map<string, string>;
let host: Host | undefined;
let pidsBefore: Record<string, number | undefined>;
let sandboxProcessesBefore: number;

beforeAll(async () => {
  sourceNames = await sourceNamesOf(system.client);
  host = Host.find(system.client.url);
  pidsBefore = servicePids();
  sandboxProcessesBefore = await settledDescendants();
}, 2 * SETTLED_MS);

const groupOf = ({ id }: HostileCase) => id.charAt(0);
const first = readCatalogue(HOSTILE_DIR);
const groups = new Set(first.map(groupOf));
const cases = [...first, ...readCatalogue(OUR_HOSTILE_DIR).filter((one) => !groups.has(groupOf(one)))].filter(
  (one) => HOSTILE_FAMILIES?.includes(groupOf(one)) ?? true,
);

it.each(cases.map((one): [string, string, HostileCase] => [one.id, one.title, one]))(
  '%s %s',
  async (_id, _title, one) => {
    const report = await runCase(system.client, one, {
      sourceNames,
      canary: system.canary,
      patience: PATIENCE,
      host,
      repeatMax: REPEAT_MAX,
    });
    expect(report).toMatchObject({ problems: [] });
  },
  CASE_TIMEOUT_MS,
);

it('and each was followed by a look at the machine, where that can be had', () => {
  expect(host !== undefined || system.copy === undefined).toBe(true);
});

it('and the services are still the same processes, with nothing of any run below them', async () => {
  expect(servicePids()).toEqual(pidsBefore);
  await until(
    'the runner has no more processes than before',
    () => runnerDescendants() <= sandboxProcessesBefore,
  );
});

/** Once all that is kept ready is there: no more has come for so many looks, each of which asks every service. */
async function settledDescendants(): Promise<number> {
  let [most, looks] = [0, 0];
  await until(
    'all that is kept ready is there',
    async () => {
      // On a slow machine this takes long, as does what is being made ready.
      await system.client.isReady();
      const now = runnerDescendants();
      looks = now > most ? 0 : looks + 1;
      most = Math.max(most, now);
      return looks === 150;
    },
    SETTLED_MS,
  );
  return most;
}

function servicePids(): Record<string, number | undefined> {
  const names = ['gateway', 'submission', 'result', 'url', 'runner', 'nats', 'postgres'];
  return Object.fromEntries(names.map((name) => [name, system.copy?.processOf(name)?.pid]));
}

/** 0 when the runner is not a process of ours to look at. */
function runnerDescendants(): number {
  const runner = system.copy?.processOf('runner');
  return runner ? descendantsOf(runner.pid).length : 0;
}
