// @ts-check
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { outputOf, runQuietly } from './command.mjs';
import { SEEDS } from './frame.seeds.mjs';
import { installPackages, missingPackages } from './packages.mjs';
import { step } from './progress.mjs';
import { ROOT } from './root.mjs';

const SOURCE_DIR = path.join(ROOT, 'apps/runner/supervisor');
/** Kept from one time to the next: inputs that cover what no other does, and inputs that broke the supervisor. */
const CORPUS_DIR = path.join(ROOT, 'dist/fuzz/corpus');
const FOUND_DIR = path.join(ROOT, 'dist/fuzz/found');
/** Who fuzzes as root gives that up first. */
const NOBODY = 65_534;

const FLAGS = [
  ...['-g', '-O1', '-std=gnu11', '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'],
  // libFuzzer has the main function; how the supervisor reads, forks and ends is the harness's business.
  ...['-Dmain=supervisor_main', '-Wl,--wrap=_exit,--wrap=read,--wrap=poll,--wrap=fork'],
];

/** The compiler of the fuzzer. */
export const FUZZER_PACKAGES = ['clang'];

/** Installs the compiler and its fuzzing library, whose package is named after the compiler's version. */
export async function installFuzzer() {
  await installPackages(missingPackages(FUZZER_PACKAGES));
  const [major] = outputOf('clang', ['-dumpversion']).split('.');
  await installPackages(missingPackages([`libclang-rt-${major}-dev`]));
}

/**
 * Feeds the supervisor with frames until the time is over or an input breaks it, and says what came of it.
 * @param {{seconds: number, input?: string}} wanted `input`: only this file, to see again what was found
 * @returns {Promise<boolean>} whether nothing was found
 */
export async function fuzzSupervisor({ seconds, input }) {
  // The sandbox's user can not look into our home: all that it needs is put where it can.
  const dir = mkdtempSync(path.join(tmpdir(), 'runbin-fuzz-'));
  const corpus = path.join(dir, 'corpus');
  const found = path.join(dir, 'found');
  try {
    await step('building the fuzzer', () => compile(path.join(dir, 'fuzzer')));
    if (existsSync(CORPUS_DIR)) cpSync(CORPUS_DIR, corpus, { recursive: true });
    for (const made of [corpus, found]) mkdirSync(made, { recursive: true });
    for (const [name, frames] of Object.entries(SEEDS)) {
      writeFileSync(path.join(corpus, name), Buffer.concat(frames));
    }
    if (input !== undefined) cpSync(input, path.join(dir, 'input'));
    giveAway(dir);
    const what = input === undefined ? ['corpus', `-max_total_time=${seconds}`] : ['input', '-runs=1'];
    const output = fuzz(dir, what);
    cpSync(corpus, CORPUS_DIR, { recursive: true });
    cpSync(found, FOUND_DIR, { recursive: true });
    return judge(output, readdirSync(found));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** @param {string} program */
function compile(program) {
  const sources = [SOURCE_DIR, path.join(SOURCE_DIR, 'fuzz')].flatMap((dir) =>
    readdirSync(dir)
      .filter((name) => name.endsWith('.c'))
      .map((name) => path.join(dir, name)),
  );
  return runQuietly('clang', [...FLAGS, '-o', program, ...sources]);
}

/** @param {string} dir */
function giveAway(dir) {
  chmodSync(dir, 0o755);
  if (process.getuid?.() !== 0) return;
  chownSync(dir, NOBODY, NOBODY);
  for (const name of readdirSync(dir, { recursive: true }))
    chownSync(path.join(dir, String(name)), NOBODY, NOBODY);
}

/**
 * @param {string} dir becomes /fuzz
 * @param {string[]} args
 * @returns {string} all that libFuzzer said
 */
function fuzz(dir, args) {
  const asNobody = ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
  const command = [
    ...(process.getuid?.() === 0 ? asNobody : []),
    // As the engine starts the supervisor, so that it can do what it does there; each input gets its own pid and
    // mount namespaces inside of this one.
    ...['bwrap', '--unshare-all', '--uid', '1000', '--gid', '1000', '--die-with-parent', '--new-session'],
    ...[
      '--cap-drop',
      'ALL',
      '--cap-add',
      'CAP_SYS_ADMIN',
      '--cap-add',
      'CAP_SETPCAP',
      '--cap-add',
      'CAP_SYS_RESOURCE',
    ],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
    ...[
      '--symlink',
      'usr/lib64',
      '/lib64',
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--tmpfs',
      '/tmp',
      '--tmpfs',
      '/box',
    ],
    ...['--bind', dir, '/fuzz', '--chdir', '/fuzz', '/fuzz/fuzzer'],
    // Its own watch over memory is a thread, and a child is made without one.
    ...['-rss_limit_mb=0', '-artifact_prefix=found/', '-print_final_stats=1', ...args],
  ];
  const { stdout, stderr, error } = spawnSync(String(command[0]), command.slice(1), {
    env: { PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (error) throw error;
  return stdout + stderr;
}

/**
 * @param {string} output
 * @param {string[]} found
 */
function judge(output, found) {
  const runs = /^Done (\d+) runs/m.exec(output)?.[1] ?? (/^Executed /m.test(output) ? '1' : undefined);
  if (runs && found.length === 0) {
    const covered = /DONE +(cov: .*) lim/.exec(output)?.[1];
    console.log(`nothing found in ${runs} runs${covered ? ` (${covered})` : ''}`);
    return true;
  }
  console.log(output.split('\n').slice(-80).join('\n'));
  for (const name of found) {
    console.log(`found: npm run fuzz -- --input ${path.relative(ROOT, path.join(FOUND_DIR, name))}`);
  }
  return false;
}
