// @ts-check
/**
 * `npm run images`: builds the images that the docker engine runs programs in, one per language, and what they have
 * in common (deploy/sandbox). `npm run images -- python c` builds only those two.
 */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { outputOf, runQuietly } from './lib/command.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { readLanguages } from './lib/language.folders.mjs';
import { seconds } from './lib/progress.mjs';
import { ROOT } from './lib/root.mjs';

/** Installing packages is mostly one disk and one network: more at a time only get in each other's way. */
const AT_A_TIME = 2;
const SUPERVISOR = path.join(ROOT, 'dist/supervisor');

await runTool(async () => {
  const ids = idsFrom(process.argv.slice(2));
  if (outputOf('docker', ['version', '--format', '{{.Server.Version}}']) === '') {
    throw new Failure('No Docker engine answers: `docker version` says why.');
  }
  await runQuietly(process.execPath, ['tools/build-supervisor.mjs']);
  // Its mode goes into the image, where every user must be able to start it, whatever the umask here is.
  chmodSync(SUPERVISOR, 0o755);
  await build('runbin/sandbox', ['--file', 'deploy/sandbox/Dockerfile', '.']);

  /** @type {string[]} */
  const failed = [];
  const waiting = [...ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await build(`runbin/language-${id}`, [`languages/${id}`]);
      } catch (error) {
        failed.push(id);
        console.error(error instanceof Failure ? error.message : error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  if (failed.length > 0) throw new Failure(`Not built: ${failed.sort().join(', ')}`);
});

/**
 * @param {string[]} wanted language ids; none means all
 * @returns {string[]}
 */
function idsFrom(wanted) {
  const known = readLanguages().map(({ id }) => id);
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new Failure(`No such language: ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  }
  return wanted.length > 0 ? wanted : known;
}

/**
 * @param {string} image
 * @param {string[]} source Dockerfile and context
 */
async function build(image, source) {
  const since = performance.now();
  // The network of the host: what a build may reach is decided there, as for docker-compose.yml.
  await runQuietly('docker', ['build', '--quiet', '--network', 'host', '--tag', image, ...source]);
  console.log(`${image}  ${seconds(since)}`);
}
