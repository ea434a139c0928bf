import { Logger } from '@nestjs/common';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { CgroupRequest } from './cgroup';
import type { SupervisorLink } from './supervisor.session';

/** A command, and what it is started with. */
export interface LaunchRequest {
  argv: readonly string[];
  /** Set: it is process 1 of a sandbox that sees this. Made with `encodeView`. */
  view?: Buffer;
  /** Counts the states of the machine's programs. What shows another one than this is not used for the sandbox. */
  generation?: number;
  /** Undefined: ours alone, for all. */
  ids: SandboxIds | undefined;
  /** Made before it starts, removed after it has ended. Its files are the command's descriptors from 3 on. */
  cgroup: CgroupRequest | undefined;
}

/** What the machine lets the launcher give to each sandbox. */
export interface OwnInodes {
  /** Of files and directories; false: sandboxes share those of the host. */
  files: boolean;
  /** Where the device nodes of each sandbox are; undefined: they are the host's. */
  devicesDir: string | undefined;
}

/** Host uids and gids of one sandbox, alike; of its view's range. */
export interface SandboxIds {
  program: number;
  supervisor: number;
}

/** Uids and gids alike. */
export interface IdRange {
  first: number;
  count: number;
}

const RESTART_DELAY_MS = 500;
/** Where a launcher that has started us holds the other end (runner.c). */
const CONTROL_FD = 3;

/**
 * The runner's side of the launcher (launcher.c opens with its theory of operation): starting a sandbox costs our
 * event loop one write. Should the launcher die, its sandboxes die with it, their runs are given back, and
 * another one is started. One that root started, and that started us, cannot be replaced: we end with it.
 */
export class Launcher {
  private readonly logger = new Logger('Launcher');
  private child: ChildProcess | undefined;
  private control: Writable | undefined;
  private lastNumber = 0;
  private stopped = false;

  /**
   * @param program undefined: it runs, and has started us
   * @param socketPath in a directory that is ours
   * @param devicesDir an empty directory beside it, for one that we start
   */
  constructor(
    private readonly program: string | undefined,
    private readonly socketPath: string,
    private readonly devicesDir: string,
  ) {}

  /** @throws Error when it does not start */
  async start(): Promise<OwnInodes> {
    const hello = await (this.program === undefined ? this.hearParent() : this.spawn(this.program));
    const given = /^\+(inodes)? (.*)\n$/.exec(hello);
    if (!given) throw new Error(`the launcher did not start: ${hello}`);
    return { files: given[1] !== undefined, devicesDir: given[2] || undefined };
  }

  private async hearParent(): Promise<string> {
    const control = new Socket({ fd: CONTROL_FD, readable: true, writable: true, allowHalfOpen: true });
    this.control = control;
    control.on('error', () => undefined);
    const heard = await Promise.race([
      once(control, 'data').then(([bytes]) => String(bytes)),
      once(control, 'end').then(() => 'it ended'),
    ]);
    control.resume();
    control.once('end', () => {
      if (!this.stopped) this.logger.fatal('it ended, and with it every sandbox');
      control.destroy();
    });
    return heard;
  }

  /** @returns what it says, or why it says nothing */
  private async spawn(program: string): Promise<string> {
    const child = spawn(program, [this.socketPath, this.devicesDir], {
      env: {},
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.on('error', () => undefined); // its end says why
    const ended = once(child, 'close').then(
      ([code, signal]) => `code ${code}, signal ${signal}`,
      (error: unknown) => String(error),
    );
    const said = await Promise.race([once(child.stdout, 'data').then(([bytes]) => String(bytes)), ended]);
    if (!said.startsWith('+')) return said;
    this.child = child;
    this.control = child.stdin;
    void ended.then((reason) => this.lost(reason));
    return said;
  }

  /** Ends every sandbox and waits until nothing is left of them. */
  async stop(): Promise<void> {
    this.stopped = true;
    const { child, control } = this;
    if (child && (child.exitCode !== null || child.signalCode !== null)) return;
    if (!control || control.destroyed) return;
    const closed = once(child ?? control, 'close');
    control.end();
    await closed;
  }

  /** Never throws: what goes wrong is the link's end, and its reason a frame of it. */
  launch(request: LaunchRequest): SupervisorLink {
    const number = (this.lastNumber = (this.lastNumber + 1) >>> 0);
    const socket = connect({ path: this.socketPath, allowHalfOpen: true });
    let sent = false;
    let unwanted = false;
    const dismiss = () => this.dismiss(number);
    socket.write(encode(number, request), () => {
      sent = true;
      if (unwanted) dismiss();
    });
    return {
      stdin: socket,
      stdout: socket,
      closed: ended(socket),
      kill: () => {
        // Before it has asked there is nothing to dismiss; whether it is going to is not known yet.
        if (!unwanted && sent) dismiss();
        unwanted = true;
      },
    };
  }

  private dismiss(number: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(number);
    this.control?.write(bytes);
  }

  private lost(reason: string): void {
    if (this.stopped) return;
    this.logger.error(`it ended (${reason}), and with it every sandbox; another one is started`);
    setTimeout(() => {
      if (this.stopped) return;
      this.start().catch((error: unknown) => this.lost(String(error)));
    }, RESTART_DELAY_MS).unref();
  }
}

/** The other side has closed: the sandbox is gone and all that it sent was read. Ours is closed then, too. */
async function ended(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', resolve);
    socket.once('error', () => resolve()); // no launcher: the session says that nothing was reported
  });
  socket.destroy();
}

/**
 * What sandboxes see. The same view is made once.
 * @param bwrap the program and its arguments
 * @param steps from there to a sandbox's root, as rootfs.h has them
 * @param ids of the host, that sandboxes may run under; undefined: ours alone
 */
export function encodeView(
  bwrap: readonly string[],
  steps: readonly string[],
  ids: IdRange | undefined,
): Buffer {
  return encodeWords([
    ...(ids ? [`m${ids.first} ${ids.count}`] : []),
    ...steps,
    ...bwrap.map((argument) => `b${argument}`),
  ]);
}

/** launcher.c says what the letters mean. */
function encode(number: number, { argv, view, generation, ids, cgroup }: LaunchRequest): Buffer {
  const words = encodeWords([
    `n${number}`,
    ...(generation === undefined ? [] : [`g${generation}`]),
    ...(ids ? [`u${ids.program}`, `o${ids.supervisor}`] : []),
    ...(cgroup
      ? [
          ...cgroup.directories.map((path) => `d${path}`),
          ...cgroup.settings.flatMap(([file, value]) => [`s${file}`, `v${value}`]),
          ...cgroup.joins.map((file) => `w${file}`),
          ...[cgroup.cpu, cgroup.oom, cgroup.peak]
            .filter((file) => file !== undefined)
            .map((file) => `r${file}`),
        ]
      : []),
    ...argv.map((argument) => `a${argument}`),
  ]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(words.length + (view?.length ?? 0));
  return Buffer.concat([size, words, ...(view ? [view] : [])]);
}

const encodeWords = (words: readonly string[]) => Buffer.from(words.map((word) => `${word}\0`).join(''));
