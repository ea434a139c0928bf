import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ETC_FILES } from './bubblewrap.policy';

const ETC = path.join(__dirname, '../../../../deploy/sandbox/etc');

/** A program must find the same, whichever engine runs it. */
it('the images of languages have the /etc that bubblewrap shows', () => {
  const files = readdirSync(ETC).map((name) => [name, readFileSync(path.join(ETC, name), 'utf8')]);
  expect(Object.fromEntries(files)).toEqual(ETC_FILES);
});
