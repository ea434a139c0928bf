import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asUser, giveTo, isRoot } from './unprivileged.mjs';

const UID = 65_431;

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'unprivileged-test-'));
  for (const name of ['clone', 'data', 'data/own']) mkdirSync(path.join(home, name), { mode: 0o755 });
  copyFileSync('/bin/cat', path.join(home, 'clone/cat'));
  chmodSync(path.join(home, 'clone/cat'), 0o755);
  writeFileSync(path.join(home, 'clone/code'), 'code\n', { mode: 0o644 });
  writeFileSync(path.join(home, 'data/secret'), 'secret\n', { mode: 0o644 });
  writeFileSync(path.join(home, 'data/own/file'), 'own\n', { mode: 0o600 });
  chmodSync(path.join(home, 'data'), 0o700);
});
afterEach(() => rmSync(home, { recursive: true }));

const below = (...names: string[]) => path.join(home, ...names);

if (isRoot()) {
  const user = { uid: UID, signal: 'SIGTERM' as const, paths: [] };

  it('a command of another user’s runs below a directory that only root can enter, and sees what it needs alone', () => {
    giveTo(below('data/own'), UID);
    // A mkdtemp directory is of mode 700, as a home of root’s is.
    const { program, args } = asUser(
      { ...user, paths: [below('clone'), below('data/own')] },
      below('clone/cat'),
      [...['clone/code', 'data/own/file', 'data/secret'].map((name) => below(name)), '/proc/self/status'],
    );
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect(stdout).toContain('code\nown\n');
    expect(stdout).not.toContain('secret');
    expect(stderr).toContain(`${below('data/secret')}: No such file`);
    expect(stdout).toMatch(new RegExp(`^Uid:(\\t${UID}){4}\nGid:(\\t${UID}){4}$`, 'm'));
    expect(stdout).toMatch(/^NoNewPrivs:\t1$/m);
    expect([...stdout.matchAll(/^Cap\w+:\t(\w+)$/gm)].map(([, set]) => Number(set))).toEqual([0, 0, 0, 0, 0]);
    expect(stdout).toMatch(/^Groups:\t ?$/m);
    // Nothing of it is seen outside.
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(home);
  });

  it('what root owned is taken over, without following links', () => {
    mkdirSync(below('data/own/inner'));
    writeFileSync(below('data/own/inner/file'), '');
    symlinkSync(below('data/secret'), below('data/own/inner/link'));
    symlinkSync(below('clone'), below('data/own/link'));
    giveTo(below('data/own'), UID);
    const owners = (...names: string[]) => names.map((name) => lstatSync(below(name)).uid);
    expect(
      owners('data/own', 'data/own/inner', 'data/own/inner/file', 'data/own/inner/link', 'data/own/link'),
    ).toEqual(Array(5).fill(UID));
    expect(owners('data/secret', 'clone', 'clone/code', 'data')).toEqual([0, 0, 0, 0]);
  });

  it('is made where it was not there, for its user alone', () => {
    giveTo(below('data/new'), UID);
    const { uid, mode } = lstatSync(below('data/new'));
    expect([uid, mode & 0o777]).toEqual([UID, 0o700]);
  });
} else {
  it('takes root', () => expect(execFileSync('id', ['-u']).toString()).not.toBe('0\n'));
}
