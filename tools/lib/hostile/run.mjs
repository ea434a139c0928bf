import { roundsOf, stdinBytes, submissionOf } from './catalogue.mjs';
import { judge, outcomeOf } from './judge.mjs';
import { takenFromPools } from './host.mjs';
import { watchFilters, watchNeighbour } from './neighbour.mjs';

/** Cut to this when a case's input is larger than a body may be and refusing it is not an answer to the case. */
const STDIN_THAT_FITS_BYTES = 3 * 1024 * 1024;

/**
 * A program that used up its CPU limit before it got to its point is given this many times as much, once: the
 * machine is slower than its author's, and the case is about something else.
 */
const MORE_TIME = 8;

/** The next stranger's program: it must run at once, say its line, and find nothing that is not its own. */
const NEXT = {
  language: 'python',
  code: [
    'import os',
    'left = sorted(set(os.listdir(".")) - {os.path.basename(__file__), ".out"})',
    'print("hello", *left)',
  ].join('\n'),
};
const NEXT_WITHIN_MS = 3_000;

const MIB = 1024 * 1024;
const LOOK_MS = 50;
/** Output and input are streamed or bounded, never collected without end. */
const RUNNER_GROWTH_MIB = 64;

/** What servers allow unless they are configured otherwise, in milliseconds. */
const DEFAULT_CAPS = { cpu_time_ms: 30_000, wall_time_ms: 60_000 };

/** Language → file name that a single program is given. */
export async function sourceNamesOf(client) {
  const { languages } = (await client.request('GET', '/v1/languages')).json;
  return new Map(languages.map(({ id, source_name: name }) => [id, name]));
}

/**
 * Runs a case with its pair and its variants, then the next stranger's program.
 *
 * With `patience` above 1 the machine need not be idle: everything may take that many times longer.
 * A program that a slow machine did not let come to its point is run once more with more time.
 * With a `host` nothing may be left of it on the machine; with `neighbourMs`, the idle p99 of a plain program, one
 * beside an attack must not take much longer. With `repeatMax` what is to be repeated often is repeated less often.
 * @returns `{id, title, verdicts, ms, problems, note}`: verdict → count, the longest run, what is wrong
 */
export async function runCase(
  client,
  one,
  { sourceNames, canary, patience = 1, host, neighbourMs, repeatMax = Infinity },
) {
  const outcomes = [];
  const problems = [];
  const notes = new Set();
  const refusalCounts = one.expect.verdicts.includes('rejected');
  const isCut = !refusalCounts && stdinBytes(one) > STDIN_THAT_FITS_BYTES;
  if (isCut) notes.add(`stdin cut to ${STDIN_THAT_FITS_BYTES} bytes: larger bodies are refused`);
  const largestStdinBytes = isCut ? STDIN_THAT_FITS_BYTES : Infinity;
  const runOne = async (which, stdin) => {
    const submission = submissionOf(which, { sourceNames, stdin, largestStdinBytes });
    let outcome = await execute(client, submission);
    if (ranOutOfCpuFirst(which.expect, submission, outcome)) {
      notes.add(`run again with more time: used its ${submission.limits.cpu_time_ms} ms of CPU first`);
      outcome = await execute(client, withMoreTime(submission));
    }
    outcomes.push(outcome);
    problems.push(...judge(which.expect, outcome, { canary, patience }));
  };

  const before = host?.snapshot();
  const attention = await watch(client, one, { host, neighbourMs, patience });
  for (const { stdin, repeat, parallel } of roundsOf(one)) {
    await repeatInParallel(Math.min(repeat, repeatMax), parallel, () =>
      Promise.all([runOne(one, stdin), ...(one.pairCase ? [runOne(one.pairCase)] : [])]),
    );
  }
  problems.push(...(await attention.problems()));
  problems.push(...(await judgeNext(client, patience)));
  if (host) problems.push(...(await host.leftSince(before, patience === 1)));

  return {
    id: one.id,
    title: one.title,
    verdicts: count(outcomes.map(({ verdict }) => verdict)),
    ms: Math.round(Math.max(...outcomes.map(({ ms }) => ms))),
    problems: [...new Set(problems)],
    note: [...notes].join('; '),
  };
}

/** What has to be looked at while a case runs. */
async function watch(client, one, { host, neighbourMs, patience }) {
  const post = one.post ?? [];
  const startedAt = host?.runnerBytes() ?? 0;
  let peak = startedAt;
  const drawsOnPools = host !== undefined && post.includes('pools');
  const poolsBefore = drawsOnPools ? host.pools() : undefined;
  const most = { ...poolsBefore };
  const filters = drawsOnPools ? await watchFilters() : undefined;
  const timer = setInterval(() => {
    peak = Math.max(peak, host?.runnerBytes() ?? 0);
    if (!drawsOnPools) return;
    for (const [name, now] of Object.entries(host.pools())) most[name] = Math.max(most[name], now);
  }, LOOK_MS);
  const isAlone = !one.pairCase && roundsOf(one).every(({ parallel }) => parallel === 1);
  const isAttack = isAlone && (post.includes('neigh') || one.id.startsWith('X'));
  const neighbour =
    neighbourMs === undefined || !isAttack ? undefined : watchNeighbour(client, neighbourMs * patience);
  return {
    async problems() {
      clearInterval(timer);
      const found = (await neighbour?.problems()) ?? [];
      const grown = Math.round((peak - startedAt) / MIB);
      if (post.includes('rss') && patience === 1 && grown > RUNNER_GROWTH_MIB)
        found.push(`the runner grew by ${grown} MiB`);
      if (filters) found.push(...(await filters.problems()));
      // Others of this machine may use them, too, unless it is idle.
      if (poolsBefore && patience === 1) found.push(...takenFromPools(poolsBefore, most));
      return found;
    },
  };
}

/** By the facts of the run: a program that was stopped while it slept has no excuse. */
function ranOutOfCpuFirst(expect, { limits }, { verdict, result }) {
  const late = 'time_limit_exceeded';
  return (
    verdict === late && !expect.verdicts.includes(late) && result.usage?.cpu_time_ms >= limits.cpu_time_ms
  );
}

function withMoreTime(submission) {
  const { cpu_time_ms, wall_time_ms } = submission.limits;
  const limits = {
    ...submission.limits,
    cpu_time_ms: Math.min(cpu_time_ms * MORE_TIME, DEFAULT_CAPS.cpu_time_ms),
    wall_time_ms: Math.min(wall_time_ms * MORE_TIME, DEFAULT_CAPS.wall_time_ms),
  };
  return { ...submission, limits };
}

async function execute(client, submission) {
  const startedAt = performance.now();
  const end = await runToTheEnd(client, submission).catch((error) => ({ error }));
  return outcomeOf(end, performance.now() - startedAt);
}

async function runToTheEnd(client, submission) {
  const answer = await client.submitCode(submission, { wait: 30 });
  if (answer.status === 200) return { answer, result: answer.json };
  if (answer.status !== 201) return { answer };
  return { answer, result: await client.finalResult(answer.json.submission_id, { timeoutMs: 90_000 }) };
}

async function judgeNext(client, patience) {
  const { result, verdict, ms, detail } = await execute(client, NEXT);
  if (!result) return [`the next program got ${verdict}: ${detail}`];
  const problems = [];
  if (result.stdout !== 'hello\n') {
    problems.push(`the next program printed ${JSON.stringify(result.stdout.slice(0, 100))} (${verdict})`);
  }
  if (ms > NEXT_WITHIN_MS * patience) problems.push(`the next program took ${Math.round(ms)} ms`);
  if (!(await client.isReady())) problems.push('/readyz is not green');
  return problems;
}

async function repeatInParallel(repeat, parallel, action) {
  let left = repeat;
  const worker = async () => {
    while (left-- > 0) await action();
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

function count(words) {
  const counts = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
