// @ts-check
/**
 * `npm run images`: builds the images that the docker engine runs programs in, one per language, and what they have
 * in common (deploy/sandbox). `npm run images -- python c` builds only those two. With --of-runner only the first is
 * built as its own Dockerfile says, and the others get all the toolchains of the composed runner: for tests, which have that.
 */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { outputOf, runQuietly } from './lib/command.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { readLanguages } from './lib/language.folders.mjs';
import { seconds } from './lib/progress.mjs';
import { ROOT } from './lib/root.mjs';

/** Installing packages is mostly one disk and one network: more at a time only get in each other's way. */
const AT_A_TIME = 2;
const TOOLCHAINS = 'runbin/toolchains';
/** The builder that `docker compose` uses, since layers are shared within one only. */
const COMPOSE_BUILDER = { ...process.env, DOCKER_BUILDKIT: '1' };
const SUPERVISOR = path.join(ROOT, 'dist/supervisor');

await runTool(async () => {
  const { values, positionals } = parseArgs({
    options: { 'of-runner': { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const ids = idsFrom(positionals);
  if (outputOf('docker', ['version', '--format', '{{.Server.Version}}']) === '') {
    throw new Failure('No Docker engine answers: `docker version` says why.');
  }
  await runQuietly(process.execPath, ['tools/build-supervisor.mjs']);
  // Its mode goes into the image, where every user must be able to start it, whatever the umask here is.
  chmodSync(SUPERVISOR, 0o755);
  await build('runbin/sandbox', ['--file', 'deploy/sandbox/Dockerfile', '.']);

  const ofRunner = values['of-runner'] ? ids.splice(1) : [];
  if (ofRunner.length > 0) await buildOfRunner(ofRunner);

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
 * One image, with a name for each of these languages.
 * @param {string[]} ids
 */
async function buildOfRunner(ids) {
  await build(TOOLCHAINS, ['--target', 'toolchains', '.'], COMPOSE_BUILDER);
  const since = performance.now();
  const names = ids.flatMap((id) => ['--tag', `runbin/language-${id}`]);
  const dockerfile = `FROM ${TOOLCHAINS}\nRUN rm -rf /home/*\nCOPY --from=runbin/sandbox / /\n`;
  // Of the standard input, without a folder that is sent along.
  const command = ['build', '--quiet', '--network', 'host', ...names, '-'];
  await runQuietly('docker', command, { input: dockerfile, env: COMPOSE_BUILDER });
  console.log(`${ids.map((id) => `runbin/language-${id}`).join(' ')}  ${seconds(since)}`);
}

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
  return wanted.length > 0 ? [...wanted] : known;
}

/**
 * @param {string} image
 * @param {string[]} source Dockerfile and context
 * @param {NodeJS.ProcessEnv} [env]
 */
async function build(image, source, env = process.env) {
  const since = performance.now();
  // The network of the host: what a build may reach is decided there, as for docker-compose.yml.
  await runQuietly('docker', ['build', '--quiet', '--network', 'host', '--tag', image, ...source], { env });
  console.log(`${image}  ${seconds(since)}`);
}
