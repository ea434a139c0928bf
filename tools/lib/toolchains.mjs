// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { findProgram, runQuietly } from './command.mjs';
import { prepareScripts } from './language.folders.mjs';
import { rootPrefix } from './packages.mjs';
import { step } from './progress.mjs';

/** Where the scripts put what they make: below /usr, which every sandbox sees and none can write to. */
const PREPARED = '/usr/local/lib/runbin/PREPARED_FOR';
/** Changes with every package that is installed or upgraded. */
const INSTALLED = '/var/lib/dpkg/status';

/**
 * Has languages/<id>/prepare.sh build what makes a language quicker, or possible, on this machine. Does nothing when that
 * was done since the last change of packages and scripts. What can not be done is said, and done without.
 */
export async function prepareToolchains() {
  const wanted = stamp();
  if (existsSync(PREPARED) && readFileSync(PREPARED, 'utf8') === wanted) return;
  const prefix = rootPrefix();
  if (!prefix || !findProgram('flock')) {
    console.log(
      'toolchains are not prepared, which takes root (languages/*/prepare.sh): some compile slower',
    );
    return;
  }
  await step('preparing toolchains', async () => {
    // One copy of us at a time on this machine.
    const [program, ...args] = [...prefix, 'flock', '/usr/local/lib', 'sh', '-c', EACH, PREPARED, wanted];
    await runQuietly(/** @type {string} */ (program), [...args, ...prepareScripts()]);
  }).catch((error) => console.log(error.message));
}

const EACH = `
  stamp=$1
  shift
  failed=0
  for script; do sh -e "$script" || { echo "$script failed"; failed=1; }; done
  [ $failed = 0 ] && mkdir -p "$(dirname "$0")" && printf %s "$stamp" >"$0"`;

/** @param {import('node:fs').Dirent} entry */
const isFile = (entry) => entry.isFile();

function stamp() {
  const hash = createHash('sha256');
  for (const script of prepareScripts()) {
    // A script may read what lies beside it.
    for (const { name, parentPath } of readdirSync(path.dirname(script), { withFileTypes: true }).filter(
      isFile,
    )) {
      hash.update(readFileSync(path.join(parentPath, name)));
    }
  }
  if (existsSync(INSTALLED)) hash.update(String(statSync(INSTALLED).mtimeMs));
  return hash.digest('hex');
}
