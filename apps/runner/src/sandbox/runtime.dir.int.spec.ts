import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { bubblewrapUnderTest } from '../../test/bubblewrap.under.test';
import { ownMark } from './runner.marks';
import { makeRuntimeDir, runtimeParent } from './runtime.dir';

/** Some user of the machine who is neither root nor the runner. */
const FOREIGN = 65_432;
const isRoot = process.getuid?.() === 0;

const { pid: dead } = spawnSync('true');
const markOf = (pid: number) => ownMark().replace(String(process.pid), String(pid));

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'runtime-dir-test-'))));
afterEach(() => rmSync(parent, { recursive: true }));

const below = (...names: string[]) => join(parent, ...names);
const victim = () => below('victim');

describe('a directory of its own', () => {
  it('is made for each runner, below a place that is its user’s alone', () => {
    const own = makeRuntimeDir(below('run'));
    expect(own.startsWith(`${below('run')}/${ownMark()}-`)).toBe(true);
    expect(lstatSync(below('run')).mode & 0o777).toBe(0o755);
  });

  it('is cleared of what killed runners left, and of nothing else', () => {
    mkdirSync(below('run'));
    mkdirSync(victim());
    writeFileSync(below('victim', 'file'), '');
    const names = { left: `${markOf(dead)}-a`, living: `${markOf(process.ppid)}-b`, other: 'runbin-notes' };
    for (const name of Object.values(names)) mkdirSync(below('run', name));
    // Links lead elsewhere: they are removed, and what they lead to is not.
    symlinkSync(victim(), below('run', names.left, 'link'));
    symlinkSync(victim(), below('run', `${markOf(dead)}-link`));
    makeRuntimeDir(below('run'));
    const left = readdirSync(below('run')).filter((name) => !name.startsWith(ownMark()));
    expect(left.sort()).toEqual([names.living, names.other].sort());
    expect(existsSync(below('victim', 'file'))).toBe(true);
  });

  it.each([
    ['a directory that others can write to', () => chmodSync(below('run'), 0o777)],
    ['a directory that its group can write to', () => chmodSync(below('run'), 0o775)],
    ['a directory that others can replace', () => chmodSync(parent, 0o777)],
  ])('is not made in %s', (_what, spoil) => {
    mkdirSync(below('run'));
    spoil();
    expect(() => makeRuntimeDir(below('run'))).toThrow('RUNNER_RUNTIME_DIR');
    expect(readdirSync(below('run'))).toEqual([]);
  });

  // Only root can make what is another user's.
  if (isRoot) {
    it.each([
      ['a foreign directory', () => mkdirSync(below('run'))],
      ['the target of a foreign link', () => symlinkSync(victim(), below('run'))],
    ])('is not made in %s', (_what, make) => {
      mkdirSync(victim());
      make();
      lchownSync(below('run'), FOREIGN, FOREIGN);
      expect(() => makeRuntimeDir(below('run'))).toThrow('RUNNER_RUNTIME_DIR');
      expect(readdirSync(victim())).toEqual([]);
    });

    it('leaves what another user put there under our name', () => {
      const foreign = below('run', `${markOf(dead)}-foreign`);
      mkdirSync(foreign, { recursive: true });
      lchownSync(foreign, FOREIGN, FOREIGN);
      makeRuntimeDir(below('run'));
      expect(existsSync(foreign)).toBe(true);
    });
  }
});

describe('a runner', () => {
  /** In the world's temporary directory, named as runners name what is theirs. */
  const foreign = ['directory', 'link', 'other'].map((name) => join(tmpdir(), `${markOf(dead)}-${name}`));
  const [directory = '', link = '', ...plain] = foreign;
  const clear = () => foreign.forEach((path) => rmSync(path, { recursive: true, force: true }));

  afterEach(clear);

  it('starts beside foreign files that are named like its own, and leaves them alone', async () => {
    clear();
    mkdirSync(victim());
    writeFileSync(below('victim', 'file'), '');
    for (const path of [directory, ...plain]) {
      mkdirSync(path);
      writeFileSync(join(path, 'kept'), '');
      symlinkSync(victim(), join(path, 'inner'));
    }
    symlinkSync(victim(), link);
    if (isRoot) foreign.forEach((path) => lchownSync(path, FOREIGN, FOREIGN));
    const facts = () =>
      foreign.map((path) => [path, lstatSync(path).uid, lstatSync(path).mode, lstatSync(path).mtimeMs]);
    const before = facts();

    const engine = bubblewrapUnderTest();
    await engine.start();
    await engine.stop();

    expect(facts()).toEqual(before);
    expect([directory, ...plain].map((path) => readdirSync(path).sort())).toEqual(
      [directory, ...plain].map(() => ['inner', 'kept']),
    );
    expect(readlinkSync(link)).toBe(victim());
    expect(readdirSync(victim())).toEqual(['file']);
  });

  it('leaves nothing in the temporary directory, and removes its own', async () => {
    const ours = () =>
      [tmpdir(), runtimeParent(undefined)].map((place) =>
        readdirSync(place).filter((name) => name.startsWith(`${ownMark()}-`)),
      );
    const engine = bubblewrapUnderTest();
    await engine.start();
    expect(ours().map(({ length }) => length)).toEqual([0, 1]);
    await engine.stop();
    expect(ours()).toEqual([[], []]);
  });

  it('starts below a path that is too long for the address of a socket', async () => {
    const runtimeDir = below(...Array.from({ length: 8 }, (_, n) => `${n}`.repeat(30)));
    chmodSync(parent, 0o755);
    const engine = bubblewrapUnderTest({ runtimeDir });
    await engine.start();
    await using sandbox = await engine.take({ language: '', mounts: [] }, DEFAULT_LIMITS);
    await sandbox.prepared();
    await sandbox[Symbol.asyncDispose]();
    await engine.stop();
  });
});
