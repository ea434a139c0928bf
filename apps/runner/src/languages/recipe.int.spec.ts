import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveLimits } from '@runbin/contracts/limits';
import type { Outcome } from '@runbin/contracts/result';
import { MESSAGE_VERSION } from '@runbin/contracts/work';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { type Case, loadCorpus } from '@runbin/languages/corpus';
import { v7 as uuidv7 } from 'uuid';
import { dockerfileOf, REQUIRED_CASES } from '../../../../libs/languages/test/required';
import { Permits } from '../execution/permits';
import { ArtifactCache } from '../execution/artifact.cache';
import { RunExecutor } from '../execution/run.executor';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { Toolchains } from './toolchains';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';

const RECIPE = path.join(__dirname, '../../../../docs/recipes/add-a-language.md');
/** A file's name on a line of its own, and after it what is in the file. */
const FILE = /^`(languages\/\S+)`\n\n```\w*\n([^]*?)^```$/gm;

/** Follows the recipe as it is written, and then asks what came of it. */
describe('the recipe for adding a language', () => {
  const text = readFileSync(RECIPE, 'utf8');
  const written = [...text.matchAll(FILE)].map(([, name = '', content = '']) => ({ name, content }));
  const engine = bubblewrapUnderTest();
  let clone: string;
  let languages: string;

  beforeAll(async () => {
    clone = mkdtempSync(path.join(tmpdir(), 'recipe-'));
    languages = path.join(clone, 'languages');
    for (const { name, content } of written) {
      mkdirSync(path.dirname(path.join(clone, name)), { recursive: true });
      writeFileSync(path.join(clone, name), content);
    }
    await engine.start();
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(clone, { recursive: true });
  });

  /** The language that the recipe adds. */
  function added() {
    const [language, ...more] = loadCatalogue(languages).all();
    if (!language || more.length > 0) throw new Error('the recipe does not add exactly one language');
    return language;
  }

  it('describes a language that is not there yet', () => {
    expect(loadCatalogue('languages').find(added().id)).toBeUndefined();
    expect(added().aliases.filter((alias) => loadCatalogue('languages').find(alias))).toEqual([]);
  });

  it('names every case that a corpus must have, and no other', () => {
    const named = [...text.matchAll(/^\| `([a-z0-9-]+)` /gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(REQUIRED_CASES);
  });

  it('builds its image of exactly its packages', () => {
    const dockerfile = readFileSync(path.join(languages, added().id, 'Dockerfile'), 'utf8');
    expect(dockerfile).toBe(dockerfileOf(added(), []));
  });

  it('gets it offered', async () => {
    const toolchains = new Toolchains(engine, loadCatalogue(languages), [], new Permits(1));
    await toolchains.probe();
    expect(toolchains.get(added().id)?.version).toMatch(/^\d/);
  });

  it('shows cases that pass', async () => {
    const cases = loadCorpus(languages, added().id);
    expect(cases.map(({ name }) => name)).toContain('hello');
    for (const { files, want } of cases) {
      const { status, exit_code, stdout, stderr_includes = '' } = want;
      const outcome = await run(files, want.stdin);
      expect(outcome).toMatchObject({ status, exit_code, ...(stdout === undefined ? {} : { stdout }) });
      expect(outcome.stderr).toContain(stderr_includes);
    }
  });

  it.each([
    ['', 'Hello, world!\n'],
    ['Ada\nGrace\n', 'Hello, Ada!\nHello, Grace!\n'],
  ])('shows an example that greets %j', async (stdin, stdout) => {
    const { source_name, example } = added();
    const outcome = await run([{ name: source_name, content: Buffer.from(example) }], stdin);
    expect(outcome).toMatchObject({ status: 'succeeded', stdout, stderr: '' });
  });

  async function run(files: Case['files'], stdin: string): Promise<Outcome> {
    const language = added();
    const pool = new SandboxPool(engine, { maxPerShape: 0, minPerShape: 0, memoryBytes: 0, parallel: 1 });
    const artifacts = new ArtifactCache({ directory: '', maxBytes: 0, memoryBytes: 0 });
    const { outcome } = await new RunExecutor(engine, pool, artifacts).execute(
      {
        v: MESSAGE_VERSION,
        submission_id: uuidv7(),
        dispatch: 1,
        language: language.id,
        args: [],
        compiler_args: [],
        limits: resolveLimits({}, language.limits),
        queued_at: new Date().toISOString(),
        payload: null,
        interactive: null,
      },
      {
        files: files.map(({ name, content }) => ({
          name,
          content: content.toString('base64'),
          encoding: 'base64',
        })),
        stdin: { content: stdin, encoding: 'utf-8' },
      },
      language,
      new AbortController().signal,
    );
    return outcome;
  }
});
