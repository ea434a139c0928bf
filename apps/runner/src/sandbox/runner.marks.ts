import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a runner leaves on the machine carries its name: the pid namespace it lives in and its pid there. So
 * the next one can tell what a killed one left from what a living one uses.
 */
const prefix = () => `runbin-${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'}-`;

export const ownMark = () => `${prefix()}${process.pid}`;

/** Entries of a directory that belonged to runners of this pid namespace which are no more. */
export function leftBehind(directory: string): string[] {
  const ours = prefix();
  return readdirSync(directory)
    .filter((name) => name.startsWith(ours))
    .filter((name) => {
      const pid = /^\d+/.exec(name.slice(ours.length))?.[0];
      return pid !== undefined && !existsSync(`/proc/${pid}`);
    })
    .map((name) => join(directory, name));
}
