// @ts-check
import { setTimeout as delay } from 'node:timers/promises';
import { quietMachine, rowsOf, Sample } from '../bench.mjs';
import { Failure } from '../failure.mjs';
import { machine } from '../machine.mjs';
import { comparisonLine, COMPARISON_HEAD, orderOf } from './comparison.mjs';
import { Instances } from './instances.mjs';
import { profileTable, sumOfUse, useAboveRest, useBetween } from './profile.mjs';

/** How long is looked at what an instance uses while nobody asks it for anything. */
const AT_REST_MS = 5_000;

/** @typedef {Instances['all'][number]} Instance */
/** @typedef {ReturnType<typeof rowsOf>[number]} Row */
/** @typedef {import('./options.mjs').BenchOptions} Options */

/**
 * Measures instances in turns, and prints how ours compares with each of the others, and what each used.
 * @param {Options} options
 * @returns {Promise<{isSlower: boolean}>} whether ours is slower than one of them in one row
 * @throws {Error} at the first run that did not print what it should: nothing is counted that failed
 */
export async function measureBeside(options) {
  const rows = rowsOf(options);
  if (rows.length === 0) throw new Failure('No row has that language and name.');
  const instances = new Instances();
  try {
    await instances.start(options);
    const [ours, ...others] = instances.all;
    for (const line of await facts(instances.all, rows, options)) console.log(line);
    const resting = options.profile ? await atRest(instances.all, options) : undefined;
    const profiles = resting ? restTable(resting) : [];
    if (others.length > 0) for (const line of COMPARISON_HEAD) console.log(line);
    let isSlower = false;
    for (const row of rows) {
      const measured = await measureRow(row, instances.all, options);
      if (resting) profiles.push(...profileOf(row, measured, resting));
      for (const other of others) {
        const turnsOf = (/** @type {Instance | undefined} */ instance) =>
          measured.find((one) => one.instance === instance)?.turns ?? [];
        const compared = comparisonLine(row.name, other.name, turnsOf(ours), turnsOf(other), {
          allow: options.allow,
          paused: row.load.pauseMs > 0,
        });
        isSlower ||= compared.isSlower;
        console.log(compared.line);
      }
    }
    for (const line of profiles) console.log(line);
    return { isSlower };
  } finally {
    await instances.discard();
  }
}

/**
 * @param {Row} row
 * @param {readonly Instance[]} instances
 * @param {Options} options
 */
async function measureRow({ subject, load }, instances, { turns, turnMs, quiet }) {
  const measured = instances.map((instance) => ({
    instance,
    action: instance.running(subject),
    turns: /** @type {Sample[]} */ ([]),
    programMs: 0,
    use: /** @type {import('./profile.mjs').Use | undefined} */ (undefined),
  }));
  // Connections are opened and caches are filled before anything counts.
  for (const { action } of measured) await new Sample().extend(action, load, turnMs / 4);
  for (let turn = 0; turn < turns; turn++) {
    for (const one of orderOf(turn, measured)) {
      const { usage } = one.instance;
      if (quiet) await quietMachine();
      const before = await usage?.read();
      const programMs = one.instance.programMs;
      const sample = new Sample();
      await sample.extend(one.action, load, turnMs);
      one.turns.push(sample);
      if (!usage || !before) continue;
      // What comes after a run is part of its cost: a result that is stored, a sandbox that is made for the next.
      if (quiet) await quietMachine();
      const used = useBetween(before, await usage.read());
      one.use = one.use ? sumOfUse(one.use, used) : used;
      one.programMs += one.instance.programMs - programMs;
    }
  }
  return measured;
}

/**
 * @param {Row} row
 * @param {Awaited<ReturnType<typeof measureRow>>} measured
 * @param {Awaited<ReturnType<typeof atRest>>} resting
 */
function profileOf({ name }, measured, resting) {
  const profiles = measured.flatMap(({ instance, turns, use, programMs }) => {
    const rest = resting.get(instance);
    const count = turns.reduce((sum, turn) => sum + turn.durationsMs.length, 0);
    return use && rest ? [{ name: instance.name, count, use: useAboveRest(use, rest), programMs }] : [];
  });
  return ['', ...profileTable(`${name}: a run, above what is used at rest`, profiles)];
}

/**
 * What each instance uses while nobody asks for anything: all of them at one time.
 * @param {readonly Instance[]} instances
 * @param {Options} options
 * @returns {Promise<Map<Instance, import('./profile.mjs').Use>>}
 */
async function atRest(instances, { quiet }) {
  if (quiet) await quietMachine();
  const uses = instances.map(async (instance) => {
    const before = await instance.usage?.read();
    await delay(AT_REST_MS);
    const after = await instance.usage?.read();
    return before && after ? [/** @type {const} */ ([instance, useBetween(before, after)])] : [];
  });
  return new Map((await Promise.all(uses)).flat());
}

/** @param {Awaited<ReturnType<typeof atRest>>} resting */
function restTable(resting) {
  const profiles = [...resting].map(([{ name }, use]) => ({ name, count: use.seconds, use }));
  return ['', ...profileTable('At rest: a second', profiles)];
}

/**
 * @param {readonly Instance[]} instances
 * @param {readonly Row[]} rows
 * @param {Options} options
 */
async function facts(instances, rows, { turns, turnMs }) {
  const languages = [...new Set(rows.map(({ subject }) => subject.language))];
  const versions = [];
  for (const instance of instances)
    versions.push(`- ${instance.name}: ${instance.client.url}, ${await instance.versions(languages)}`);
  return [
    `- ${machine()}`,
    `- ${new Date().toISOString().slice(0, 10)}, ${turns} turns of ${turnMs / 1000} s each for all`,
    ...versions,
    '',
  ];
}
