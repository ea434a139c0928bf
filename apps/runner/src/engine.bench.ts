/**
 * The bubblewrap engine without the services around it, for `npm run bench`: each line of stdin is the source of a
 * program, as a JSON string; each line of stdout is what one printed, in whatever order they end.
 */
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { MESSAGE_VERSION } from '@runbin/contracts/work';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { ArtifactCache } from './execution/artifact.cache';
import { Permits } from './execution/permits';
import { RunExecutor } from './execution/run.executor';
import { shapesOf } from './execution/shapes';
import { BubblewrapEngine } from './sandbox/bubblewrap.engine';
import { SandboxPool } from './sandbox/sandbox.pool';

/** Of no other runner on this machine. */
const UID_BASE = 90_000;

async function main(id: string): Promise<void> {
  const language = loadCatalogue('languages').get(id);
  if (!language) throw new Error(`there is no language ${id}`);
  const engine = new BubblewrapEngine({
    bwrapPath: 'bwrap',
    supervisorPath: 'dist/supervisor',
    launcherPath: 'dist/launcher',
    launcherSocket: undefined,
    uidBase: UID_BASE,
    cgroupDir: undefined,
    runtimeDir: undefined,
  });
  await engine.start();
  const permits = new Permits(availableParallelism());
  const pool = new SandboxPool(engine, {
    maxPerShape: 16,
    minPerShape: 1,
    memoryBytes: 2 ** 30,
    parallel: permits.total,
  });
  pool.start(shapesOf(language));
  const artifacts = new ArtifactCache({ directory: '', maxBytes: 0, memoryBytes: 0 });
  const executor = new RunExecutor(engine, pool, artifacts);
  const never = new AbortController().signal;

  const run = async (source: string) => {
    using _permit = await permits.take('light');
    const { outcome } = await executor.execute(
      {
        v: MESSAGE_VERSION,
        submission_id: '00000000-0000-7000-8000-000000000000',
        language: id,
        args: [],
        compiler_args: [],
        limits: DEFAULT_LIMITS,
        interactive: null,
        queued_at: new Date().toISOString(),
        dispatch: 1,
        payload: null,
      },
      {
        files: [{ name: language.source_name, content: source, encoding: 'utf-8' }],
        stdin: { content: '', encoding: 'utf-8' },
      },
      language,
      never,
    );
    process.stdout.write(`${JSON.stringify(outcome.stdout)}\n`);
  };
  const runs: Promise<void>[] = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const running = run(JSON.parse(line) as string);
    running.catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
    runs.push(running);
  }
  await Promise.all(runs);
  await pool.stop();
  await engine.stop();
}

void main(process.argv[2] ?? '');
