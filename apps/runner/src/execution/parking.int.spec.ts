import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
// eslint-disable-next-line no-restricted-imports -- programs are let go at moments in their start, whichever these are
import { setTimeout as delay } from 'node:timers/promises';
import { resolveLimits } from '@runbin/contracts/limits';
import { loadCatalogue } from '@runbin/languages/catalogue';
import type { Language } from '@runbin/languages/language';
import type { BoxFile, ParkingPlace, SandboxEngine, Stage, StageFacts } from '../sandbox/sandbox';
import { compileStage, parkingPlace, type Program, profileOf, runStage } from './stages';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';

const FOLDER = 'languages';
const STDIN = Buffer.from('input\n');
const never = new AbortController().signal;

/**
 * A program must not be able to tell whether its interpreter was waiting for it. Each language that parks
 * brings a program that prints all it can see (`parking/`); both ways must print the same, to the byte.
 */
const languages = loadCatalogue(FOLDER)
  .all()
  .filter(({ run }) => run.park);

const engine = bubblewrapUnderTest();

beforeAll(() => engine.start());
afterAll(() => engine.stop());

async function cold(language: Language, stage: Stage): Promise<StageFacts> {
  await using sandbox = await engine.take(profileOf(language), stage.limits);
  return await sandbox.run(stage, never);
}

async function parked(language: Language, stage: Stage, place: ParkingPlace): Promise<StageFacts> {
  await using sandbox = await (engine satisfies SandboxEngine).take(profileOf(language), stage.limits);
  await sandbox.park(stage, place, stage.limits);
  return await sandbox.run(stage, never);
}

async function bothWays(language: Language, files: BoxFile[]) {
  const program: Program = {
    files,
    stdin: STDIN,
    args: [],
    compilerArgs: [],
    limits: resolveLimits({}, language.limits),
  };
  const compile =
    language.compile && (await cold(language, compileStage(language, language.compile.command, program)));
  if (compile?.exitCode) throw new Error(`does not compile:\n${compile.stdout.toString()}`);
  const stage = runStage(language, program, compile?.artifacts ?? []);
  const place = parkingPlace(language.run.park, stage.files);
  if (!place)
    throw new Error(`${language.id} can not be parked with ${files.map(({ name }) => name).join()}`);
  return { cold: await cold(language, stage), parked: await parked(language, stage, place) };
}

const visible = ({ stdout, stderr, exitCode, signal }: StageFacts) => ({
  stdout: stdout.toString(),
  stderr: stderr.toString(),
  exitCode,
  signal,
});

describe.each(languages.map((language) => [language.id, language] as const))('%s', (id, language) => {
  const probe = join(FOLDER, id, 'parking', language.source_name);

  it('sees the same, parked and cold', async () => {
    expect(existsSync(probe)).toBe(true);
    const ways = await bothWays(language, [{ name: language.source_name, content: readFileSync(probe) }]);
    expect(ways.cold.stdout.toString()).toContain('input');
    expect(ways.cold.exitCode).not.toBe(0);
    expect(visible(ways.parked)).toEqual(visible(ways.cold));
  });

  it('may be let go before it has come to its place', async () => {
    const hello = readFileSync(join(FOLDER, id, 'corpus/hello', language.source_name));
    const usual: Program = {
      files: [{ name: language.source_name, content: hello }],
      stdin: Buffer.alloc(0),
      interactive: null,
      args: [],
      compilerArgs: [],
      limits: resolveLimits({}, language.limits),
    };
    const compile =
      language.compile && (await cold(language, compileStage(language, language.compile.command, usual)));
    const stage = runStage(language, usual, compile?.artifacts ?? []);
    const place = parkingPlace(language.run.park, stage.files);
    if (!place) throw new Error(`${id} can not be parked`);
    for (const early of [0, 5, 20, 60]) {
      await using sandbox = await engine.take(profileOf(language), stage.limits);
      const parked = sandbox.park(stage, place, stage.limits);
      await Promise.race([parked, delay(early)]);
      expect(visible(await sandbox.run(stage, never))).toMatchObject({
        stdout: 'Hello, world!\n',
        exitCode: 0,
      });
      await parked.catch(() => undefined); // ended by then, without having said that it had come
    }
  });

  it('ends before its program is there: nobody is given it', async () => {
    await using sandbox = await engine.take(profileOf(language), resolveLimits({}, language.limits));
    const launch = { argv: ['sh', '-c', 'echo broken >&2; exit 3'], env: {} };
    const place = language.run.park;
    if (!place) throw new Error('not reached');
    await expect(sandbox.park(launch, { file: place.file }, resolveLimits())).rejects.toThrow(/broken/);
    expect(sandbox.isAlive).toBe(false);
  });
});

it('limits that come with the program hold, though it was started under others', async () => {
  const python = languages.find(({ id }) => id === 'python');
  if (!python) throw new Error('python is not parked');
  const limits = {
    ...resolveLimits(),
    files_bytes: 1024 * 1024,
    cpu_time_ms: 1_500,
    wall_time_ms: 60_000,
    processes: 3,
  };
  const code = `
import os
try: open('/tmp/a', 'wb').write(b'x' * 2_000_000)
except OSError as error: print(error.errno, flush=True)
forks = 0
try:
    while forks < 50:
        if os.fork() == 0: os.read(0, 100); os._exit(0)
        forks += 1
except OSError as error: print(error.errno, forks, flush=True)
while True: pass
`;
  const program: Program = {
    files: [{ name: 'main.py', content: Buffer.from(code) }],
    stdin: Buffer.alloc(0),
    args: [],
    compilerArgs: [],
    limits,
  };
  const stage = runStage(python, program, []);
  await using sandbox = await engine.take(profileOf(python), resolveLimits());
  await sandbox.park(stage, { file: 'main.py' }, resolveLimits());
  const facts = await sandbox.run(stage, never);
  expect(facts).toMatchObject({ cpuExceeded: true, wallExceeded: false });
  expect(facts.stdout.toString()).toMatch(/^(27|28)\n11 [12]\n$/);
});
