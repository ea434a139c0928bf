import { statSync } from 'node:fs';

/** Installing, upgrading or removing a program changes one of these: Debian's list of packages, or a directory of programs. */
const SIGNS = [
  '/var/lib/dpkg/status',
  '/usr/bin',
  '/usr/lib',
  '/usr/local/bin',
  '/usr/local/lib',
  '/usr/local/lib/runbin',
];

/** A text that changes when the programs of this machine do; at worst it changes for nothing. */
export function toolchainStamp(signs: readonly string[] = SIGNS): string {
  const facts = signs.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found ? `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}` : '';
  });
  return facts.join();
}
