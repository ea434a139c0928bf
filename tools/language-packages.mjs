// @ts-check
// Prints the Debian packages of every language, for the runner's image.
import { languagePackages } from './lib/language.folders.mjs';

console.log(languagePackages().join('\n'));
