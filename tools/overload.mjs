// @ts-check
// npm run overload -- [--seconds 120] [--times 20] [--queue 300]
// Offers a copy of its own so many times what it can do, and tells what became of it. Exits 1 when something that was
// accepted did not end well, a refusal was not a clean 429 or 503, polls of accepted runs took over a second (p99), a
// process grew beyond its bound, or a program did not run as ever 10 s later. The load shares the machine with the
// services: what is sustained meanwhile is less than what they could do alone.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { APPS } from './lib/apps.mjs';
import { percentile } from './lib/bench.mjs';
import { Client } from './lib/client.mjs';
import { PrivateCopy } from './lib/private.copy.mjs';

const HELLO = { language: 'python', code: 'print("hello")\n' };
/** Clients that measure what can be done, and of the load. */
const CAPACITY_CLIENTS = 8;
const CAPACITY_MS = 5_000;
const MAX_IN_FLIGHT = 500;
const POLLERS = 8;
const POLL_PAUSE_MS = 50;
/** What is promised. */
const POLL_P99_MS = 1_000;
const BACK_WITHIN_MS = 10_000;
const RESIDENT_BYTES = 512 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '120' },
    times: { type: 'string', default: '20' },
    queue: { type: 'string', default: '300' },
  },
});

/** @type {string[]} */
const problems = [];
const copy = new PrivateCopy({ SUBMISSION_UNFINISHED_MAX: values.queue });
try {
  const client = new Client(await copy.start());
  const usualMs = await usual(client);
  const perSecond = await capacity(client);
  console.log(
    `alone ${usualMs.toFixed(0)} ms (p50), ${perSecond.toFixed(1)} a second with ${CAPACITY_CLIENTS} in flight`,
  );
  const load = await overload(client, perSecond * Number(values.times), Number(values.seconds) * 1000);
  const backMs = await untilBack(client, usualMs);
  const unwell = await ends(client, load.accepted);
  report(load, backMs, unwell);
  client.close();
} finally {
  await copy.discard();
}
for (const problem of problems) console.log(`PROBLEM: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @param {Client} client @returns {Promise<number>} milliseconds that a run takes with nothing beside it */
async function usual(client) {
  /** @type {number[]} */
  const tookMs = [];
  for (let run = 0; run < 40; run++) tookMs.push(await timeOf(() => client.run(HELLO)));
  return percentile(tookMs, 0.5);
}

/** @param {Client} client @returns {Promise<number>} runs a second */
async function capacity(client) {
  const end = performance.now() + CAPACITY_MS;
  let runs = 0;
  const worker = async () => {
    for (; performance.now() < end; runs++) await client.run(HELLO);
  };
  await Promise.all(Array.from({ length: CAPACITY_CLIENTS }, worker));
  return runs / (CAPACITY_MS / 1000);
}

/**
 * @param {Client} client
 * @param {number} perSecond
 * @param {number} forMs
 */
async function overload(client, perSecond, forMs) {
  const load = {
    /** @type {string[]} */
    accepted: [],
    /** Requests by status; `none`: no answer. @type {Record<string, number>} */
    answers: {},
    /** @type {number[]} */
    pollMs: [],
    /** Most that each process had resident. @type {Record<string, number>} */
    residentBytes: {},
  };
  const since = performance.now();
  const isOn = () => performance.now() - since < forMs;
  let inFlight = 0;
  const submit = async () => {
    const answer = await client.submitCode(HELLO).catch(() => undefined);
    const status = String(answer?.status ?? 'none');
    load.answers[status] = (load.answers[status] ?? 0) + 1;
    if (answer?.status === 201)
      load.accepted.push(/** @type {{submission_id: string}} */ (answer.json).submission_id);
    else if (![429, 503].includes(answer?.status ?? 0) || !answer?.headers['retry-after'])
      problems.push(`a submission was answered ${status}, Retry-After ${answer?.headers['retry-after']}`);
  };
  const poll = async () => {
    for (; isOn(); await delay(POLL_PAUSE_MS)) {
      const id = load.accepted[Math.floor(Math.random() * load.accepted.length)];
      if (id !== undefined) load.pollMs.push(await timeOf(() => client.getResult(id)));
    }
  };
  const weigh = async () => {
    for (; isOn(); await delay(500))
      for (const app of APPS)
        load.residentBytes[app] = Math.max(
          load.residentBytes[app] ?? 0,
          residentOf(copy.processOf(app)?.pid),
        );
  };
  const watching = Promise.all([...Array.from({ length: POLLERS }, poll), weigh()]);
  for (let sent = 0; isOn(); await delay(5)) {
    for (const due = ((performance.now() - since) / 1000) * perSecond; sent < due; sent++) {
      if (inFlight >= MAX_IN_FLIGHT) continue; // offered, and not even taken
      inFlight++;
      void submit().finally(() => inFlight--);
    }
  }
  while (inFlight > 0) await delay(10);
  await watching;
  return load;
}

/**
 * @param {Client} client
 * @param {number} usualMs
 * @returns {Promise<number>} milliseconds until a run is accepted and takes less than three times the usual
 */
async function untilBack(client, usualMs) {
  const since = performance.now();
  while (performance.now() - since < 3 * BACK_WITHIN_MS) {
    let status = 0;
    const tookMs = await timeOf(async () => {
      status = (await client.submitCode(HELLO, { wait: 30 })).status;
    });
    if (status === 200 && tookMs < 3 * usualMs) break;
    await delay(50);
  }
  return performance.now() - since;
}

/**
 * @param {Client} client
 * @param {string[]} accepted
 * @returns {Promise<number>} how many did not succeed
 */
async function ends(client, accepted) {
  let unwell = 0;
  const left = [...accepted];
  const worker = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      if ((await client.finalResult(id)).status !== 'succeeded') unwell++;
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return unwell;
}

/**
 * @param {Awaited<ReturnType<typeof overload>>} load
 * @param {number} backMs
 * @param {number} unwell
 */
function report({ accepted, answers, pollMs, residentBytes }, backMs, unwell) {
  const p99 = percentile(pollMs, 0.99);
  const mib = Object.entries(residentBytes).map(([app, bytes]) => `${app} ${Math.round(bytes / 2 ** 20)}`);
  console.log(
    [
      `submissions by answer: ${JSON.stringify(answers)}`,
      `accepted ${accepted.length} (${(accepted.length / Number(values.seconds)).toFixed(1)} a second), of which ${unwell} did not succeed`,
      `${pollMs.length} polls: p50 ${percentile(pollMs, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      `as ever after ${(backMs / 1000).toFixed(1)} s`,
      `most resident, MiB: ${mib.join(', ')}`,
    ].join('\n'),
  );
  if (unwell > 0) problems.push(`${unwell} accepted submissions did not succeed`);
  if (p99 > POLL_P99_MS) problems.push(`polls took ${p99.toFixed(0)} ms`);
  if (backMs > BACK_WITHIN_MS) problems.push(`it took ${backMs.toFixed(0)} ms until all was as ever`);
  for (const [app, bytes] of Object.entries(residentBytes))
    if (bytes > RESIDENT_BYTES) problems.push(`${app} had ${Math.round(bytes / 2 ** 20)} MiB resident`);
}

/** @param {number | undefined} pid @returns {number} 0 when it is not there */
function residentOf(pid) {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** @param {() => Promise<unknown>} action */
async function timeOf(action) {
  const since = performance.now();
  await action();
  return performance.now() - since;
}
