import { existsSync, readlinkSync } from 'node:fs';

/**
 * What a runner leaves on the machine carries its name: the pid namespace it lives in and its pid there. So
 * the next one can tell what a killed one left from what a living one uses.
 */
const prefix = () => `runbin-${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'}-`;

export const ownMark = () => `${prefix()}${process.pid}`;

/** Whether this is the mark of a runner of this pid namespace which is no more; what follows the mark does not matter. */
export function isLeftBehind(name: string): boolean {
  const ours = prefix();
  if (!name.startsWith(ours)) return false;
  const pid = /^\d+/.exec(name.slice(ours.length))?.[0];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}

/** Whether this is the mark of a runner in another container, of which nobody here sees whether it lives. */
export function isOfOtherNamespace(name: string): boolean {
  return /^runbin-\d+-\d+/.test(name) && !name.startsWith(prefix());
}
