import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Limits of a catalogue → limits of a submission. What is missing here is the server's own to set. */
const LIMITS = {
  cpu_ms: ['cpu_time_ms', 1],
  wall_ms: ['wall_time_ms', 1],
  memory_mb: ['memory_bytes', 1024 * 1024],
  output_kb: ['output_bytes', 1024],
  pids: ['processes', 1],
  disk_mb: ['files_bytes', 1024 * 1024],
};

/**
 * Reads `manifest.json` of a catalogue.
 * @param groups letters that ids start with; empty is all
 * @returns the cases in the manifest's order
 */
export function readCatalogue(directory, groups = []) {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
  const cases = manifest.cases.map((one) => ({
    ...one,
    directory,
    limits: { ...manifest.default_limits, ...one.limits },
    expect: { ...manifest.default_expect, ...one.expect },
  }));
  return cases
    .filter(({ id }) => groups.length === 0 || groups.includes(id[0]))
    .map((one) => ({ ...one, pairCase: cases.find(({ id }) => id === one.pair) }));
}

/**
 * The rounds of a case: once as it stands, and once more for each of its variants. A round is `repeat` runs,
 * `parallel` of them at a time.
 */
export function roundsOf(one) {
  return [{}, ...(one.variants ?? [])].map(({ stdin, repeat = 1, parallel = 1 }) => ({
    stdin,
    repeat,
    parallel,
  }));
}

/**
 * The submission of a case.
 * @param sourceNames language → file name that a single program is given
 * @param stdin of a variant; else the case's own
 * @param largestStdinBytes generated input is cut to this
 */
export function submissionOf(one, { sourceNames, stdin, largestStdinBytes = Infinity }) {
  return {
    language: one.language,
    files: filesOf(one, sourceNames.get(one.language) ?? 'main'),
    code_input: stdin ?? generate(one.stdin_gen, largestStdinBytes),
    args: one.args ?? [],
    limits: limitsOf(one.limits),
  };
}

/** Bytes of the case's input as it is meant. */
export function stdinBytes({ stdin_gen: recipe }) {
  return recipe ? Buffer.byteLength(recipe.unit) * recipe.count : 0;
}

function filesOf(one, sourceName) {
  if (one.source_gen) return [fileOf(sourceName, sourceBytes(one.source_gen))];
  const path = join(one.directory, one.file);
  if (!statSync(path).isDirectory()) return [fileOf(sourceName, readFileSync(path))];
  const names = [one.entry, ...readdirSync(path).filter((name) => name !== one.entry)];
  return names.map((name) => fileOf(name, readFileSync(join(path, name))));
}

function fileOf(name, bytes) {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes)
    ? { name, content: text }
    : { name, content: bytes.toString('base64'), encoding: 'base64' };
}

function sourceBytes({ base64, prefix = '', unit = '', count = 0, suffix = '' }) {
  return base64 === undefined
    ? Buffer.from(prefix + unit.repeat(count) + suffix)
    : Buffer.from(base64, 'base64');
}

function generate(recipe, largestBytes) {
  if (recipe === undefined) return '';
  const fits = Math.floor(largestBytes / Buffer.byteLength(recipe.unit));
  return recipe.unit.repeat(Math.min(recipe.count, fits));
}

function limitsOf(stated) {
  return Object.fromEntries(
    Object.entries(LIMITS)
      .filter(([name]) => stated[name] !== undefined)
      .map(([name, [ours, factor]]) => [ours, stated[name] * factor]),
  );
}
