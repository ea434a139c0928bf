// @ts-check
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A process, named so that a later one with the same number is not mistaken for it.
 * @typedef {{pid: number, startTicks: number}} ProcessName
 */

/**
 * @param {number} pid
 * @returns {ProcessName | undefined} undefined when there is no such process, or only its zombie
 */
export function nameProcess(pid) {
  try {
    // The second field is the program's name in parentheses and may hold anything; fields are counted after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    if (fields[0] === 'Z') return undefined;
    return { pid, startTicks: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** @param {ProcessName} name */
export function isAlive({ pid, startTicks }) {
  return nameProcess(pid)?.startTicks === startTicks;
}

/**
 * Asks a process to end, waits, and kills it when it does not.
 * @param {ProcessName} name
 * @param {NodeJS.Signals} signal
 * @param {number} graceMs
 */
export async function endProcess(name, signal, graceMs) {
  if (!isAlive(name)) return;
  process.kill(name.pid, signal);
  const deadline = performance.now() + graceMs;
  while (isAlive(name)) {
    if (performance.now() > deadline) process.kill(name.pid, 'SIGKILL');
    await delay(20);
  }
}
