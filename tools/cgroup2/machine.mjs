// @ts-check
import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, runQuietly } from '../lib/command.mjs';
import { Failure } from '../lib/failure.mjs';
import { installPackages, missingPackages } from '../lib/packages.mjs';
import { ROOT } from '../lib/root.mjs';
import { moduleFiles } from './kernel.mjs';

/** @typedef {import('./kernel.mjs').Kernel} Kernel */

const PACKAGES = ['qemu-system-x86', 'busybox-static', 'cpio'];
/** What serves the host's files to a machine. Debian 12 has it inside qemu's packages, 13 beside them. */
const FILE_SERVER_PACKAGE = 'virtiofsd';
const FILE_SERVERS = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'];

const MODULES = ['virtio_pci', 'virtiofs', 'overlay'];
const DIRECTORIES = ['bin', 'dev', 'host', 'written', 'root'];
const MEMORY = '2G';
const PROCESSORS = '2';
/** From power on to power off. An emulated processor is ten times slower than a real one, on a busy host more. */
const DEADLINE_MS = 30 * 60_000;
const SOCKET_DEADLINE_MS = 10_000;
/** How lines of tests.sh start that say what comes; before the first one the firmware writes for a screen. */
const HEADING = '── ';
/** Lines of the console that are shown when the machine never got to its tests. */
const LAST_LINES = 40;

/** Installs what a machine is made of. */
export async function installMachine() {
  await installPackages(missingPackages(PACKAGES));
  if (!fileServer()) await installPackages([FILE_SERVER_PACKAGE]);
}

/**
 * Boots a kernel on an emulated processor, with the host's files as its root, to be read and not written. It runs
 * tests.sh, whose output is shown, and switches itself off.
 * @param {Kernel} kernel
 * @returns {Promise<string>} what it sent over its second serial port
 * @throws {Failure} when it does not get to its tests or does not come to an end
 */
export async function runMachine(kernel) {
  const dir = mkdtempSync(path.join(tmpdir(), 'runbin-machine-'));
  const report = path.join(dir, 'report');
  const socket = path.join(dir, 'files');
  const initramfs = await makeInitramfs(kernel, dir);
  const ended = new AbortController();
  try {
    start(String(fileServer()), fileServerArguments(socket), ended.signal);
    await appears(socket);
    await watch(
      start('qemu-system-x86_64', machineArguments(kernel, { initramfs, socket, report }), ended.signal),
    );
    return readFileSync(report, 'utf8');
  } finally {
    ended.abort();
    rmSync(dir, { recursive: true });
  }
}

const fileServer = () => FILE_SERVERS.find(existsSync);

/** @param {string} socket */
function fileServerArguments(socket) {
  // Our files do not change while it runs: all of them may be cached. Its own namespaces take more than a CI has.
  return [`--socket-path=${socket}`, '-o', 'source=/', '-o', 'cache=always', '-o', 'sandbox=chroot'];
}

/**
 * @param {Kernel} kernel
 * @param {{initramfs: string, socket: string, report: string}} files
 */
function machineArguments(kernel, { initramfs, socket, report }) {
  return [
    // The plain processor: emulated vector units are slower than none.
    ...['-accel', 'tcg,thread=multi', '-cpu', 'qemu64', '-smp', PROCESSORS, '-m', MEMORY],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    // The server of the files reads and writes the machine's memory.
    ...['-object', `memory-backend-memfd,id=memory,size=${MEMORY},share=on`, '-numa', 'node,memdev=memory'],
    ...['-chardev', `socket,id=files,path=${socket}`],
    ...['-device', 'vhost-user-fs-pci,chardev=files,tag=host,queue-size=1024'],
    ...['-serial', 'stdio', '-serial', `file:${report}`],
    ...['-kernel', kernel.image, '-initrd', initramfs],
    ...['-append', 'console=ttyS0 loglevel=3 panic=-1 mitigations=off'],
  ];
}

/**
 * @param {Kernel} kernel
 * @param {string} dir
 */
async function makeInitramfs(kernel, dir) {
  const tree = path.join(dir, 'initramfs');
  const put = (/** @type {string} */ source, /** @type {string} */ target) => {
    mkdirSync(path.dirname(path.join(tree, target)), { recursive: true });
    copyFileSync(source, path.join(tree, target));
  };
  for (const name of DIRECTORIES) mkdirSync(path.join(tree, name), { recursive: true });
  put(String(findProgram('busybox')), 'bin/busybox');
  put(path.join(import.meta.dirname, 'init.sh'), 'init');
  chmodSync(path.join(tree, 'init'), 0o755);
  for (const file of ['modules.dep', ...moduleFiles(kernel, MODULES)]) {
    put(path.join(kernel.modulesDir, file), path.join('lib/modules', kernel.version, file));
  }
  const settings = `REPOSITORY=${quoted(ROOT)}\nNODE=${quoted(process.execPath)}\n`;
  writeFileSync(path.join(tree, 'settings.sh'), settings);
  const archive = path.join(dir, 'initramfs.cpio');
  await runQuietly('sh', ['-c', 'cd "$0" && find . | cpio -o -H newc --quiet > "$1"', tree, archive]);
  return archive;
}

/** @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A child that does not outlive us, however we end.
 * @param {string} program
 * @param {string[]} args
 * @param {AbortSignal} signal
 */
function start(program, args, signal) {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  child.on('error', () => undefined); // aborted, or not there: its end says so
  return child;
}

/** @param {string} socket */
async function appears(socket) {
  for (const since = performance.now(); !existsSync(socket); await delay(20)) {
    if (performance.now() - since > SOCKET_DEADLINE_MS) throw new Failure(`${fileServer()} does not start.`);
  }
}

/**
 * Shows the tests' output while the machine runs.
 * @param {ReturnType<typeof start>} machine
 */
async function watch(machine) {
  const timer = setTimeout(() => machine.kill('SIGKILL'), DEADLINE_MS);
  /** @type {string[]} */
  const before = [];
  let testing = false;
  const follow = async (/** @type {import('node:stream').Readable} */ stream) => {
    for await (const line of createInterface({ input: stream })) {
      testing ||= line.startsWith(HEADING);
      if (testing) console.log(line);
      else before.push(line);
    }
  };
  await Promise.all([follow(machine.stdout), follow(machine.stderr)]);
  clearTimeout(timer);
  if (!testing)
    throw new Failure(`The machine did not get to its tests:\n${before.slice(-LAST_LINES).join('\n')}`);
  if (machine.signalCode)
    throw new Failure(`The machine was still running after ${DEADLINE_MS / 60_000} minutes.`);
}
