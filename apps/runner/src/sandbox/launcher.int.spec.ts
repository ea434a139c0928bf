import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { until } from '../../../../libs/platform/test/until';
import { LAUNCHER } from '../../test/bubblewrap.under.test';
import { Launcher } from './launcher';

const isRunning = (pid: number) => !/^State:\s+[ZX]/m.test(statusOf(pid));
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State:\tX (dead)';
  }
}

let directory: string;
let launcher: Launcher;
const socketPath = () => join(directory, 'launcher.sock');
const onPath = (name: string) => join(directory, name);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'launcher-'));
  launcher = new Launcher(LAUNCHER, socketPath(), onPath('devices'));
  mkdirSync(onPath('devices'));
  await launcher.start();
});
afterEach(async () => {
  await launcher.stop();
  rmSync(directory, { recursive: true });
});

const nothing = {
  directories: [],
  settings: [],
  joins: [],
  cpu: '/dev/null',
  oom: '/dev/null',
  peak: undefined,
};

it('connects the command with whoever asked, and gives it the files that were named', async () => {
  writeFileSync(onPath('cpu'), 'cpu');
  writeFileSync(onPath('oom'), 'oom');
  writeFileSync(onPath('peak'), 'peak');
  writeFileSync(onPath('procs'), '');
  const link = launcher.launch({
    argv: [
      'sh',
      '-c',
      'read line; echo "$line, $(cat <&4), $(cat <&5), $(cat <&6), $*, $(env | grep -v ^PWD=)"; echo joined >&3',
      'sh',
      'a b',
      '',
    ],
    ids: undefined,
    cgroup: {
      directories: [onPath('group')],
      settings: [[onPath('procs'), 'a setting']],
      joins: [onPath('procs')],
      cpu: onPath('cpu'),
      oom: onPath('oom'),
      peak: onPath('peak'),
    },
  });
  link.stdin.write('hello\n');
  expect(await text(link.stdout)).toBe('hello, cpu, oom, peak, a b , \n');
  await link.closed;
  expect(readFileSync(onPath('procs'), 'utf8')).toBe('joined\nng');
  expect(existsSync(onPath('group'))).toBe(true); // until we are done with it
  link.kill();
  await until('its group is gone', () => !existsSync(onPath('group')));
});

it.each([
  [
    'a command that is not there',
    { argv: ['/nonexistent'], cgroup: undefined },
    '/nonexistent: No such file or directory',
  ],
  ['no command', { argv: [], cgroup: undefined }, 'no command'],
  [
    'a directory that can not be made',
    { argv: ['true'], cgroup: { ...nothing, directories: ['/proc/1/no'] } },
    'mkdir /proc/1/no',
  ],
  [
    'a setting that is refused',
    { argv: ['true'], cgroup: { ...nothing, settings: [['/proc/no', '1'] as const] } },
    'write /proc/no',
  ],
  [
    'a file that can not be opened',
    { argv: ['true'], cgroup: { ...nothing, oom: '/nonexistent' } },
    'open /nonexistent',
  ],
])('says why there is no sandbox: %s', async (_name, request, reason) => {
  const link = launcher.launch({ ids: undefined, ...request });
  const said = await text(link.stdout);
  expect(said).toContain(reason);
  expect(said.slice(0, 1)).toBe('P'); // a fault, as a supervisor would tell it
  await link.closed;
});

it('ends a command that is no longer wanted, also one that was just asked for', async () => {
  const argv = ['sh', '-c', 'echo $$; exec sleep 1000'];
  const running = launcher.launch({ argv, ids: undefined, cgroup: undefined });
  const [said] = (await new Promise<Buffer>((resolve) => running.stdout.once('data', resolve)))
    .toString()
    .split('\n');
  const early = launcher.launch({ argv, ids: undefined, cgroup: undefined });
  early.kill();
  running.kill();
  early.stdout.resume();
  await Promise.all([running.closed, early.closed]);
  expect(isRunning(Number(said))).toBe(false);
});

it('leaves nobody waiting who was born while it was killed', async () => {
  // As bwrap's child, for a moment: nothing ends it with its parent, and it waits for the runner.
  const orphan = 'exec 3<&0; setsid sh -c "echo here; read line" <&3 & wait';
  const link = launcher.launch({ argv: ['sh', '-c', orphan], ids: undefined, cgroup: undefined });
  await new Promise((resolve) => link.stdout.once('data', resolve));
  link.kill();
  await link.closed;
});

it('ends with the runner, and takes everything with it', async () => {
  const group = onPath('group');
  mkdirSync(onPath('other'));
  const link = launcher.launch({
    argv: ['sh', '-c', 'echo $$; exec sleep 1000'],
    ids: undefined,
    cgroup: { ...nothing, directories: [group] },
  });
  const pid = Number(await new Promise<Buffer>((resolve) => link.stdout.once('data', resolve)));
  expect([isRunning(pid), existsSync(group)]).toEqual([true, true]);
  await launcher.stop(); // closes its standard input, as the kernel does for a runner that was killed
  expect([isRunning(pid), existsSync(group), existsSync(onPath('other'))]).toEqual([false, false, true]);
  await link.closed;
});

it('is replaced when it dies', async () => {
  const pids = () =>
    execFileSync('pgrep', ['-f', `^${LAUNCHER} ${socketPath()}`])
      .toString()
      .trim()
      .split('\n');
  const [pid] = pids();
  process.kill(Number(pid), 'SIGKILL');
  const lost = launcher.launch({ argv: ['true'], ids: undefined, cgroup: undefined });
  await lost.closed; // never hangs
  await until('another takes its place', async () => {
    const link = launcher.launch({ argv: ['echo', 'again'], ids: undefined, cgroup: undefined });
    return (await text(link.stdout).catch(() => '')) === 'again\n';
  });
});

it('starts nothing for a stranger', async () => {
  const ask = `
    const socket = require('node:net').connect(${JSON.stringify(socketPath())});
    socket.on('error', () => {}).on('close', () => console.log('closed'));
    socket.write(Buffer.from('\\x12\\0\\0\\0n1\\0atouch\\0a${onPath('made')}\\0'.replace('\\x12', String.fromCharCode(${12 + onPath('made').length}))));`;
  const stranger = spawn(process.execPath, ['-e', ask], { stdio: ['ignore', 'pipe', 'inherit'] });
  expect(await text(stranger.stdout)).toBe('closed\n');
  expect(existsSync(onPath('made'))).toBe(false);
});
