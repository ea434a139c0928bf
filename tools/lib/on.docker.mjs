// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runVisibly } from './command.mjs';
import { readCatalogue } from './hostile/catalogue.mjs';
import { runJest, sumOf } from './jest.mjs';
import { ROOT } from './root.mjs';

const HOSTILE_DIR = join(ROOT, 'hostile');
/** A catalogue that lies beside this folder is run, too. */
const BESIDE = join(ROOT, '../shared/cases/hostile');
/** Beside those that the catalogue is written in: the one whose parked programs weigh most. */
const MORE_LANGUAGES = ['java'];

/**
 * Runs the hostile catalogues and the corpora of their languages against a copy with the docker engine, after building
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
  const env = { ...process.env, RUNNER_ENGINE: 'docker', RUNNER_LANGUAGES: languages.join(',') };
  /** @param {string} specs @param {string} catalogue */
  const run = (specs, catalogue) =>
    runJest('e2e', ['--runInBand', '--testPathPatterns', `e2e/${specs}`, ...args], {
      ...env,
      RUNBIN_HOSTILE_DIR: catalogue,
    });
  const ours = await run('(hostile|corpus)', HOSTILE_DIR);
  return existsSync(BESIDE) ? sumOf(ours, await run('hostile', BESIDE)) : ours;
}
