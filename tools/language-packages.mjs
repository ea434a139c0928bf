// @ts-check
// Prints the Debian packages of the languages that are named, separated by commas, or of every language: for the
// runner's image.
import { Failure, runTool } from './lib/failure.mjs';
import { languagePackages, readLanguages } from './lib/language.folders.mjs';

await runTool(async () => {
  const ids = (process.argv[2] ?? '').split(',').filter((id) => id !== '');
  const known = readLanguages().map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Failure(`No such language: ${unknown.join(', ')}.`);
  console.log(languagePackages(ids.length > 0 ? ids : known).join('\n'));
});
