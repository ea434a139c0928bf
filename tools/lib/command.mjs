// @ts-check
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { ROOT } from './root.mjs';

/** Packages put servers here, and an ordinary user's PATH may not hold it. */
const SYSTEM_DIRS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The absolute path of a program, or undefined when it is not installed.
 * @param {string} name
 */
export function findProgram(name) {
  const dirs = [...(process.env.PATH ?? '').split(':'), ...SYSTEM_DIRS].filter((dir) => dir !== '');
  return dirs.map((dir) => path.join(dir, name)).find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * What a short command prints, without the white space around it; empty when it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function outputOf(program, args, env = process.env) {
  const { status, stdout } = spawnSync(program, args, {
    cwd: ROOT,
    env,
    maxBuffer: 2 ** 28,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : '';
}

/** Groups of the commands that run now, each named by the pid of its first process. @type {Set<number>} */
const running = new Set();

/** Ends every command that runs, with all that it started. */
export function endCommands() {
  for (const group of running) process.kill(-group, 'SIGTERM');
}

/**
 * Runs a command to its end and keeps its output to itself.
 * @param {string} program
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, input?: string}} [options]
 * @returns {Promise<{code: number | string, output: string}>} what it wrote to both of its outputs
 */
export async function capture(program, args, { env = process.env, input = '' } = {}) {
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  if (child.pid !== undefined) running.add(child.pid);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  // A command that ends without reading its input is judged by its exit code.
  child.stdin.on('error', () => undefined).end(input);
  const code = await exitOf(child);
  if (child.pid !== undefined) running.delete(child.pid);
  return { code, output: output.trim() };
}

/**
 * Runs a command to its end and keeps its output to itself unless it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{env?: NodeJS.ProcessEnv, input?: string}} [options]
 */
export async function runQuietly(program, args, options) {
  const { code, output } = await capture(program, args, options);
  if (code !== 0) throw new Failure(`${output}\n\n\`${program} ${args.join(' ')}\` failed (${code}).`);
}

/**
 * Runs a command with the terminal's own input and output and answers its exit code.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function runVisibly(program, args, env = process.env) {
  return exitOf(spawn(program, args, { cwd: ROOT, env, stdio: 'inherit' }));
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number | string>} exit code, or the signal or the reason why it never ran
 */
function exitOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}
