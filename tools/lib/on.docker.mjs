// @ts-check
import { join } from 'node:path';
import { runVisibly } from './command.mjs';
import { readCatalogue } from './hostile/catalogue.mjs';
import { runJest } from './jest.mjs';
import { ROOT } from './root.mjs';

/** Ours is written in every language that one beside this folder is written in; which of them is run, the tests say. */
const HOSTILE_DIR = join(ROOT, 'hostile');
/** Beside those that the catalogue is written in: the one whose parked programs weigh most. */
const MORE_LANGUAGES = ['java'];

/**
 * Runs the hostile catalogue and the corpora of its languages against a copy with the docker engine, after building
 * the images of those languages.
 * @param {string[]} args of Jest
 * @returns {Promise<import('./jest.mjs').Tally>}
 */
export async function runOnDocker(args) {
  const languages = [
    ...new Set([...readCatalogue(HOSTILE_DIR).map(({ language }) => language), ...MORE_LANGUAGES]),
  ];
  const code = await runVisibly(process.execPath, ['tools/images.mjs', ...languages]);
  if (code !== 0) return { passed: 0, failed: 1 };
  return await runJest('e2e', ['--runInBand', '--testPathPatterns', 'e2e/(hostile|corpus)', ...args], {
    ...process.env,
    RUNNER_ENGINE: 'docker',
    RUNNER_LANGUAGES: languages.join(','),
  });
}
