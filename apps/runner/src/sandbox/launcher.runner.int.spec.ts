import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { LAUNCHER } from '../../test/bubblewrap.under.test';

/** A launcher of root's that has started a runner which is not root, and which is lost: it asks for whatever it likes. */

const RUNNER_UID = 65_430;
const FIRST_ID = 90_000;
const IDS = 17;

let home: string;
beforeEach(() => {
  home = mkdtempSync('/run/launcher-test-');
  spawnSync('chmod', ['755', home]);
  mkdirSync(own());
  mkdirSync(devices());
  chownSync(own(), RUNNER_UID, RUNNER_UID);
  writeFileSync(join(home, 'of-root'), 'of root\n', { mode: 0o600 });
});
afterEach(() => rmSync(home, { recursive: true }));

const own = (...names: string[]) => join(home, 'own', ...names);
const devices = () => join(home, 'devices');

/** The runner: makes each request, and prints the answers. */
const LOST_RUNNER = `
  const { connect } = require('node:net');
  const [socketPath, requests, meanwhile] = process.argv.slice(1);
  const ask = (words) => new Promise((resolve) => {
    const text = Buffer.from(words.map((word) => word + '\\0').join(''));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    const socket = connect({ path: socketPath, allowHalfOpen: true });
    let said = '';
    socket.on('data', (data) => (said += data.toString('latin1').replace(/^P..../s, '')));
    socket.on('end', () => { socket.end(); resolve(said); });
    socket.on('error', (error) => resolve(String(error)));
    socket.write(Buffer.concat([size, text]));
  });
  (async () => {
    const answers = [];
    const asked = JSON.parse(requests).map((words) => () => ask(words));
    if (meanwhile) require('node:child_process').exec(meanwhile);
    for (const one of asked) answers.push(await one());
    console.log(JSON.stringify(answers));
    process.exit(7);
  })();`;

/** @param asks what is asked for, as the words of launcher.c */
async function lostRunner(...asks: string[][]): Promise<{ answers: string[]; code: number | null }> {
  return lostRunnerThat('', ...asks);
}

/** @param meanwhile a shell command of the runner's, which goes on beside */
async function lostRunnerThat(meanwhile: string, ...asks: string[][]) {
  const ids = [String(RUNNER_UID), String(FIRST_ID), String(IDS)];
  const drop = ['--reuid', String(RUNNER_UID), '--regid', String(RUNNER_UID), '--clear-groups'];
  const runner = [process.execPath, '-e', LOST_RUNNER, own('socket'), JSON.stringify(asks), meanwhile];
  const launcher = spawn(LAUNCHER, [own('socket'), devices(), ...ids, 'setpriv', ...drop, ...runner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => launcher.once('exit', resolve));
  const printed = await text(launcher.stdout);
  return { answers: JSON.parse(printed) as string[], code: await ended };
}

const BWRAP = ['bbwrap', 'b--ro-bind', 'b/', 'b/', 'b--proc', 'b/proc'];
const view = (first: number, count: number) => [`m${first} ${count}`, ...BWRAP];
const IN_RANGE = [`u${FIRST_ID}`, `o${FIRST_ID + 1}`];
const TOUCH = ['atouch', 'a/run/launcher-test-touched'];

// Only root can start a launcher that may do more than its runner.
if (process.getuid?.() === 0) {
  it('starts nothing as root, or as a user outside of the range that root named', async () => {
    const { answers } = await lostRunner(
      ['n1', ...TOUCH],
      ['n2', `u${FIRST_ID}`, ...TOUCH],
      ['n3', 'u0', ...view(FIRST_ID, IDS - 1), ...TOUCH],
      ['n4', ...view(FIRST_ID, IDS - 1), ...TOUCH],
      ['n5', `u${FIRST_ID - 1}`, `o${FIRST_ID}`, ...view(FIRST_ID, IDS - 1), ...TOUCH],
      ['n6', `u${FIRST_ID + IDS}`, `o${FIRST_ID}`, ...view(FIRST_ID, IDS - 1), ...TOUCH],
      ['n7', ...IN_RANGE, ...view(0, IDS - 1), ...TOUCH],
      ['n8', ...IN_RANGE, ...view(FIRST_ID, IDS), ...TOUCH],
      ['n9', ...IN_RANGE, ...view(FIRST_ID, 2 ** 32 - 1), ...TOUCH],
      ['n10', ...IN_RANGE, ...BWRAP, ...TOUCH],
      ['n11', `u${FIRST_ID}`, 'o0', ...view(FIRST_ID, IDS - 1), ...TOUCH],
      ['n12', `u${FIRST_ID}`, `o${FIRST_ID + IDS}`, ...view(FIRST_ID, IDS - 1), ...TOUCH],
    );
    expect(answers).toEqual(Array(12).fill('these ids: Operation not permitted'));
    expect(existsSync('/run/launcher-test-touched')).toBe(false);
  });

  it('makes, writes and opens only what the runner could itself', async () => {
    const ofRoot = join(home, 'of-root');
    const command = [...IN_RANGE, ...view(FIRST_ID, IDS - 1), 'atrue'];
    const link = own('group', 'cgroup.procs');
    const { answers } = await lostRunner(
      ['n1', `d${join(home, 'made')}`, ...command],
      ['n2', `s${ofRoot}`, 'vwritten', ...command],
      ['n3', `w${ofRoot}`, ...command],
      ['n4', `r${ofRoot}`, ...command],
      // Who may write to a kernel setting is told by the effective user id.
      ['n5', 's/proc/sys/kernel/core_pattern', 'v|/bin/false', ...command],
      ['n6', 'w/proc/sys/kernel/core_pattern', ...command],
      // cgroup.procs of the machine's own, and one that is none.
      [
        'n7',
        `d${own('group')}`,
        'w/sys/fs/cgroup/cgroup.procs',
        'w/sys/fs/cgroup/pids/cgroup.procs',
        ...command,
      ],
      ['n8', `w${link}`, ...command],
    );
    expect(answers.map((answer) => answer.replace(/^(\w+) .*: /, '$1: '))).toEqual([
      'mkdir: Permission denied',
      'write: Permission denied',
      'open: Permission denied',
      'open: Permission denied',
      'write: Permission denied',
      'open: Permission denied',
      expect.stringMatching(/^open: (Permission denied|No such file or directory)$/),
      expect.stringMatching(/^open: (Permission denied|No such file or directory)$/),
    ]);
    expect(readFileSync(ofRoot, 'utf8')).toBe('of root\n');
    expect(existsSync(join(home, 'made'))).toBe(false);
  });

  it('opens nothing else than a file of a cgroup as root, whatever the runner puts in its place meanwhile', async () => {
    const group = own('group');
    mkdirSync(join(home, 'foreign'));
    writeFileSync(join(home, 'foreign', 'cgroup.procs'), 'of root\n', { mode: 0o600 });
    // A setting that is a pipe holds up the launcher until the runner reads from it.
    const setting = [`s${own('pipe')}`, 'vx'];
    const swap = `while ! [ -d ${group} ]; do [ -d ${home} ] || exit; done; rmdir ${group}; ln -s ${join(home, 'foreign')} ${group}; cat ${own('pipe')}`;
    spawnSync('mkfifo', [own('pipe')]);
    chownSync(own('pipe'), RUNNER_UID, RUNNER_UID);
    const command = [...IN_RANGE, ...view(FIRST_ID, IDS - 1), 'ash', 'a-c', 'aecho changed >&3'];
    const { answers } = await lostRunnerThat(swap, [
      'n1',
      `d${group}`,
      ...setting,
      `w${group}/cgroup.procs`,
      ...command,
    ]);
    expect(answers).toEqual([`open ${group}/cgroup.procs: Operation not permitted`]);
    expect(readFileSync(join(home, 'foreign', 'cgroup.procs'), 'utf8')).toBe('of root\n');
  });

  it('hears nobody but the runner, not even root', async () => {
    const ids = [String(RUNNER_UID), String(FIRST_ID), String(IDS)];
    const launcher = spawn(LAUNCHER, [
      own('socket'),
      devices(),
      ...ids,
      'sh',
      '-c',
      'echo here; exec sleep 1000',
    ]);
    await new Promise((resolve) => launcher.stdout.once('data', resolve));
    const socket = connect(own('socket'));
    socket.write('\x0d\0\0\0aecho\0aheard\0');
    expect(await text(socket).catch(() => '')).toBe('');
    launcher.kill('SIGTERM'); // which the launcher passes on
    await expect(new Promise((resolve) => launcher.once('exit', resolve))).resolves.toBe(128 + 15);
  });

  it('ends as the runner does', async () => {
    const { answers, code } = await lostRunner(['n1']);
    expect(answers).toEqual(['no command: Invalid argument']);
    expect(code).toBe(7);
    expect(existsSync(own('socket'))).toBe(false);
  });
} else {
  it('takes root', () => expect(tmpdir()).toBeTruthy());
}
