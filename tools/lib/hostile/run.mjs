import { roundsOf, stdinBytes, submissionOf } from './catalogue.mjs';
import { judge, outcomeOf } from './judge.mjs';

/** Cut to this when a case's input is larger than a body may be and refusing it is not an answer to the case. */
const STDIN_THAT_FITS_BYTES = 3 * 1024 * 1024;

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

/** Language → file name that a single program is given. */
export async function sourceNamesOf(client) {
  const { languages } = (await client.request('GET', '/v1/languages')).json;
  return new Map(languages.map(({ id, source_name: name }) => [id, name]));
}

/**
 * Runs a case with its pair and its variants, then the next stranger's program.
 * @returns `{id, title, verdicts, ms, problems, note}`: verdict → count, the longest run, what is wrong
 */
export async function runCase(client, one, { sourceNames, canary }) {
  const outcomes = [];
  const problems = [];
  const refusalCounts = one.expect.verdicts.includes('rejected');
  const isCut = !refusalCounts && stdinBytes(one) > STDIN_THAT_FITS_BYTES;
  const largestStdinBytes = isCut ? STDIN_THAT_FITS_BYTES : Infinity;
  const runOne = async (which, stdin) => {
    const outcome = await execute(client, submissionOf(which, { sourceNames, stdin, largestStdinBytes }));
    outcomes.push(outcome);
    problems.push(...judge(which.expect, outcome, { canary }));
  };

  for (const { stdin, repeat, parallel } of roundsOf(one)) {
    await repeatInParallel(repeat, parallel, () =>
      Promise.all([runOne(one, stdin), ...(one.pairCase ? [runOne(one.pairCase)] : [])]),
    );
  }
  problems.push(...(await judgeNext(client)));

  return {
    id: one.id,
    title: one.title,
    verdicts: count(outcomes.map(({ verdict }) => verdict)),
    ms: Math.round(Math.max(...outcomes.map(({ ms }) => ms))),
    problems: [...new Set(problems)],
    note: isCut ? `stdin cut to ${STDIN_THAT_FITS_BYTES} bytes: larger bodies are refused` : '',
  };
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

async function judgeNext(client) {
  const { result, verdict, ms, detail } = await execute(client, NEXT);
  if (!result) return [`the next program got ${verdict}: ${detail}`];
  const problems = [];
  if (result.stdout !== 'hello\n') {
    problems.push(`the next program printed ${JSON.stringify(result.stdout.slice(0, 100))} (${verdict})`);
  }
  if (ms > NEXT_WITHIN_MS) problems.push(`the next program took ${Math.round(ms)} ms`);
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
