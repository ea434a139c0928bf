// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';

/**
 * What the tools need of each language; `libs/languages` is what validates the files.
 * @returns {{id: string, label: string, debian_packages: string[], core?: boolean}[]}
 */
export function readLanguages() {
  const dir = path.join(ROOT, 'languages');
  return readdirSync(dir)
    .map((id) => path.join(dir, id, 'language.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
}

/**
 * Debian's packages for some of them, each once.
 * @param {string[]} ids
 */
export function languagePackages(ids) {
  return packagesOf(readLanguages().filter(({ id }) => ids.includes(id)));
}

/** Debian's packages for those that are tested on every host. */
export function corePackages() {
  return packagesOf(readLanguages().filter(({ core }) => core));
}

/**
 * Ids of the languages that are not offered.
 * @param {string[]} offered ids
 */
export function missingLanguages(offered) {
  return readLanguages()
    .map(({ id }) => id)
    .filter((id) => !offered.includes(id));
}

/**
 * Each once, without Node: wherever our tools run it is there, maybe not as a package.
 * @param {{debian_packages: string[]}[]} languages
 */
function packagesOf(languages) {
  const packages = new Set(languages.flatMap((language) => language.debian_packages));
  packages.delete('nodejs');
  return [...packages].sort();
}

/** Scripts that build, once and as root, what a toolchain's package does not bring. Each does nothing when it is done. */
export function prepareScripts() {
  const dir = path.join(ROOT, 'languages');
  return readdirSync(dir)
    .map((id) => path.join(dir, id, 'prepare.sh'))
    .filter((file) => existsSync(file));
}
