import path from 'node:path';
import { LanguagesResponseSchema } from '@runbin/contracts/language';
import type { Result } from '@runbin/contracts/result';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { type Case, loadCorpus } from '@runbin/languages/corpus';
import { bytesOf } from '../tools/lib/client.mjs';
import { bodyOf } from './answers';
import { HAS_SHORT_CORPUS, IS_COMPOSE, OFFERED_LANGUAGES } from './environment';
import { useSystem } from './system';

const LANGUAGES_DIR = path.join(__dirname, '../languages');
const languages = loadCatalogue(LANGUAGES_DIR)
  .all()
  .filter(({ id }) => OFFERED_LANGUAGES?.includes(id) ?? true);
/** Must be offered where these tests run: the image carries all. What else a host has is tested there too. */
const REQUIRED = languages
  .filter(({ core }) => core || IS_COMPOSE || OFFERED_LANGUAGES !== undefined)
  .map(({ id }) => id);

const system = useSystem();
let available: Set<string>;

beforeAll(async () => {
  const answer = await system.client.request('GET', '/v1/languages');
  const { languages: known } = bodyOf(answer, 200, LanguagesResponseSchema);
  available = new Set(known.filter((language) => language.available).map(({ id }) => id));
});

it.each(REQUIRED)('%s is offered', (id) => {
  expect(available).toContain(id);
});

describe.each(languages)('$id', ({ id: language, source_name, example }) => {
  const corpus = HAS_SHORT_CORPUS ? [] : loadCorpus(LANGUAGES_DIR, language);
  const greeting = { language, files: [{ name: source_name, content: example }], code_input: 'Ada\nGrace\n' };
  const resultOf = oneAhead([...corpus.map((one) => submissionOf(language, one)), greeting]);
  const isLeftOut = () => !available.has(language) && !REQUIRED.includes(language);

  for (const [at, { name, want }] of corpus.entries()) {
    it(
      name,
      async () => {
        if (isLeftOut()) return;
        const result = await resultOf(at);

        const stdout = bytesOf(result.stdout, result.stdout_encoding).toString('utf8');
        const stderr = bytesOf(result.stderr, result.stderr_encoding).toString('utf8');
        const facts = {
          status: result.status,
          exit_code: result.exit_code,
          stdout: stdout.slice(0, 1000),
          stderr,
        };
        expect(facts).toMatchObject({
          status: want.status,
          ...(want.exit_code === undefined ? {} : { exit_code: want.exit_code }),
        });
        const wanted = want.stdout ?? want.stdout_repeat?.unit.repeat(want.stdout_repeat.count);
        // Compared as a fact: the difference of two megabytes tells nobody anything.
        if (wanted !== undefined)
          expect({ ...facts, isAsWanted: stdout === wanted }).toMatchObject({ isAsWanted: true });
        if (want.stderr_includes !== undefined) expect(stderr).toContain(want.stderr_includes);
        if (want.compile_output_includes !== undefined) {
          expect(result.compile?.output).toContain(want.compile_output_includes);
        }
        expect(result).toMatchObject({
          attempt: 1,
          language,
          language_version: expect.stringMatching(/\d/) as string,
        });
      },
      90_000,
    );
  }

  // A short corpus is this one alone.
  it('greets, to begin with', async () => {
    if (isLeftOut()) return;
    expect(await resultOf(corpus.length)).toMatchObject({
      status: 'succeeded',
      stdout: 'Hello, Ada!\nHello, Grace!\n',
      stderr: '',
    });
  }, 90_000);
});

function submissionOf(language: string, { files, want }: Case) {
  return {
    language,
    files: files.map(({ name, content }) => ({
      name,
      content: content.toString('base64'),
      encoding: 'base64',
    })),
    code_input: want.stdin,
    args: want.args,
  };
}

/** The result of each; the next one is submitted meanwhile, so that a second processor has something to compile. */
function oneAhead(submissions: readonly object[]): (at: number) => Promise<Result> {
  const begun: Promise<Result>[] = [];
  const begin = (at: number) => {
    begun[at] ??= system.client.run(submissions[at]);
    return begun[at];
  };
  return (at) => {
    const result = begin(at);
    // What becomes of it is its own test's.
    if (at + 1 < submissions.length) begin(at + 1).catch(() => undefined);
    return result;
  };
}
