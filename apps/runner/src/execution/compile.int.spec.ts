import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveLimits } from '@runbin/contracts/limits';
import { encodeBytes } from '@runbin/contracts/text';
import { type ExecuteRun, MESSAGE_VERSION } from '@runbin/contracts/work';
import { loadCatalogue } from '@runbin/languages/catalogue';
import type { Language } from '@runbin/languages/language';
import type { SandboxEngine, Stage, StageFacts } from '../sandbox/sandbox';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { ArtifactCache } from './artifact.cache';
import { RunExecutor } from './run.executor';
import { compileStage, parkingPlace, type Program, profileOf } from './stages';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';

const catalogue = loadCatalogue('languages');
const unending = new AbortController().signal;

const engine = bubblewrapUnderTest();
/** The real engine, which counts. */
let taken = 0;
const counting: SandboxEngine = Object.assign(Object.create(engine) as SandboxEngine, {
  take: (...args: Parameters<SandboxEngine['take']>) => {
    taken++;
    return engine.take(...args);
  },
});

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'runbin-compile-test-'));
  await engine.start();
});
afterAll(async () => {
  await engine.stop();
  rmSync(directory, { recursive: true });
});

const languageOf = (id: string): Language => {
  const language = catalogue.get(id);
  if (!language) throw new Error(`no language ${id}`);
  return language;
};

function programOf(language: Language, code: string | Buffer): Program {
  return {
    files: [{ name: language.source_name, content: Buffer.from(code) }],
    stdin: Buffer.alloc(0),
    args: [],
    compilerArgs: [],
    limits: resolveLimits({}, language.limits),
  };
}

describe('a program that was compiled before', () => {
  const c = languageOf('c');
  const warned = '#include <stdio.h>\nint main(int argc, char **argv) { int n; puts(argv[0]); return 0; }';

  const executorWith = (cache: ArtifactCache) =>
    new RunExecutor(
      counting,
      new SandboxPool(counting, { maxPerShape: 0, minPerShape: 0, memoryBytes: 0, parallel: 1 }),
      cache,
    );
  const cacheOf = () => new ArtifactCache({ directory, maxBytes: 2 ** 24, memoryBytes: 2 ** 20 });

  async function execute(cache: ArtifactCache, code: string, compilerArgs = ['-Wall']) {
    const work: Omit<ExecuteRun, 'payload'> = {
      v: MESSAGE_VERSION,
      submission_id: '00000000-0000-7000-8000-000000000000',
      dispatch: 1,
      language: c.id,
      args: [],
      compiler_args: compilerArgs,
      limits: resolveLimits({}, c.limits),
      queued_at: new Date().toISOString(),
      interactive: null,
    };
    const { content, encoding } = encodeBytes(Buffer.from(code));
    const payload = {
      files: [{ name: c.source_name, content, encoding }],
      stdin: encodeBytes(Buffer.alloc(0)),
    };
    const before = taken;
    const { outcome } = await executorWith(cache).execute({ ...work, payload }, payload, c, unending);
    return { outcome, sandboxes: taken - before };
  }

  it('takes one sandbox, and gets the same answer with the same warnings', async () => {
    const cache = cacheOf();
    const first = await execute(cache, warned);
    expect(first).toMatchObject({ sandboxes: 2, outcome: { status: 'succeeded', stdout: '.out/main\n' } });
    expect(first.outcome.compile?.output).toContain('unused variable');
    expect(first.outcome.compile?.cached).toBe(false);
    expect(first.outcome.compile?.cpu_time_ms).toBeGreaterThan(0);

    const second = await execute(cache, warned);
    expect(second).toMatchObject({ sandboxes: 1, outcome: { status: 'succeeded', stdout: '.out/main\n' } });
    expect(second.outcome.compile).toEqual({
      ...first.outcome.compile,
      cached: true,
      cpu_time_ms: 0,
      wall_time_ms: 0,
    });

    await cache.onApplicationShutdown();
    expect((await execute(cacheOf(), warned)).sandboxes).toBe(1);
    expect((await execute(cache, warned, ['-Wall', '-O1'])).sandboxes).toBe(2);
    expect((await execute(cache, `${warned}\n`)).sandboxes).toBe(2);
    await cache.onApplicationShutdown();
  });

  it('is compiled again when it did not compile', async () => {
    const cache = cacheOf();
    const ways = [await execute(cache, 'int main('), await execute(cache, 'int main(')];
    expect(ways.map(({ sandboxes, outcome }) => [sandboxes, outcome.status])).toEqual([
      [1, 'compile_error'],
      [1, 'compile_error'],
    ]);
  });
});

/** What a compiler that was waiting makes must be what one makes that is started with its program. */
const parkedCompilers = catalogue.all().filter(({ compile }) => compile?.park);

describe.each(parkedCompilers.map((language) => [language.id, language] as const))('%s', (id, language) => {
  const folder = join('languages', id, 'corpus');
  const sources = ['hello', 'syntax-error', 'uncaught-error', 'stdin']
    .map((name) => join(folder, name, language.source_name))
    .filter(existsSync)
    .map((path) => [path, readFileSync(path)] as const);
  const [probe = ''] = [join('languages', id, 'parking', language.source_name)].filter(existsSync);
  if (probe) sources.push([probe, readFileSync(probe)]);

  it.each(sources)('compiles %s the same, parked and cold', async (_, source) => {
    const stage = compileStage(language, language.compile?.command ?? [], programOf(language, source));
    const visible = ({ exitCode, signal, stdout, artifacts }: StageFacts) => ({
      exitCode,
      signal,
      stdout: stdout.toString(),
      artifacts: artifacts.sort((one, other) => (one.name < other.name ? -1 : 1)),
    });
    const cold = await once(stage, false);
    const parked = await once(stage, true);
    expect(visible(parked)).toEqual(visible(cold));
    expect(cold.exitCode === 0).toBe(cold.artifacts.length > 0);
  });

  async function once(stage: Stage, park: boolean): Promise<StageFacts> {
    await using sandbox = await engine.take(profileOf(language), stage.limits);
    const place = parkingPlace(language.compile?.park, stage.files);
    if (!place) throw new Error('can not be parked');
    if (park) await sandbox.park(stage, place, stage.limits);
    return await sandbox.run(stage, unending);
  }
});
