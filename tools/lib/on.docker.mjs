// @ts-check
import { join } from 'node:path';
import { runQuietly, runVisibly } from './command.mjs';
import { readCatalogue } from './hostile/catalogue.mjs';
import { runJest } from './jest.mjs';
import { readLanguages } from './language.folders.mjs';
import { ROOT } from './root.mjs';

/** Ours is written in every language that one beside this folder is written in; which of them is run, the tests say. */
const HOSTILE_DIR = join(ROOT, 'hostile');
/** Beside those that the catalogue is written in: the one whose parked programs weigh most. */
const MORE_LANGUAGES = ['java'];

/** Then it is every language, in an image of its own Dockerfile. */
const IS_LONG = process.env.RUNBIN_TEST_LONG === '1';
const LANGUAGES = IS_LONG
  ? readLanguages().map(({ id }) => id)
  : [...new Set([...readCatalogue(HOSTILE_DIR).map(({ language }) => language), ...MORE_LANGUAGES])];
/** The toolchains of the composed runner are there already, and hold those of each language. */
const BUILDING = ['tools/images.mjs', ...(IS_LONG ? [] : ['--of-runner']), ...LANGUAGES];

/** Builds their images ahead. What fails here fails, and says why, when they are used. */
export async function buildDockerImages() {
  await runQuietly(process.execPath, BUILDING).catch(() => undefined);
}

/**
 * Runs the hostile catalogue, and a short corpus of each of its languages, against a copy with the docker engine.
 * @param {string[]} args of Jest
 * @returns {Promise<import('./test.report.mjs').Tally>}
 */
export async function runOnDocker(args) {
  const code = await runVisibly(process.execPath, BUILDING);
  if (code !== 0) return { passed: 0, failed: 1, failures: ['the images were not built'] };
  return await runJest('e2e', ['--runInBand', '--testPathPatterns', 'e2e/(hostile|corpus)', ...args], {
    ...process.env,
    RUNNER_ENGINE: 'docker',
    RUNNER_LANGUAGES: LANGUAGES.join(','),
  });
}
