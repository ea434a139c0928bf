// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/**
 * What the tools need of each language; `libs/languages` is what validates the files.
 * @returns {{id: string, label: string, debian_packages: string[]}[]}
 */
export function readLanguages() {
  const dir = path.join(ROOT, 'languages');
  return readdirSync(dir)
    .map((id) => path.join(dir, id, 'language.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
}

/** Debian's packages for all of them, each once. */
export function languagePackages() {
  return [...new Set(readLanguages().flatMap((language) => language.debian_packages))].sort();
}

/**
 * Debian's packages for the languages that are not offered.
 * @param {string[]} offered ids
 */
export function missingLanguagePackages(offered) {
  const missing = readLanguages().filter(({ id }) => !offered.includes(id));
  return [...new Set(missing.flatMap((language) => language.debian_packages))].sort();
}

/** Scripts that build, once and as root, what a toolchain's package does not bring. Each does nothing when it is done. */
export function prepareScripts() {
  const dir = path.join(ROOT, 'languages');
  return readdirSync(dir)
    .map((id) => path.join(dir, id, 'prepare.sh'))
    .filter((file) => existsSync(file));
}
