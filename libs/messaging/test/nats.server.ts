import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A configuration that is used as it is, with the variables that it names. */
interface Deployment {
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A real nats-server with JetStream for one spec file, on a free loopback port, with a store that goes with it. */
export class NatsServer {
  private process: ChildProcess | undefined;
  /** What it has logged since it was started last. */
  log = '';

  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private readonly deployment: Deployment | undefined,
  ) {}

  /** With users and permissions where a deployment says so, else open to everyone. */
  static async start(deployment?: Deployment): Promise<NatsServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'runbin-nats-'));
    const server = new NatsServer(directory, await freePort(), deployment);
    await server.resume();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it (again), on the same port, and waits until it takes connections. */
  async resume(): Promise<void> {
    const config = this.deployment?.config ?? (await this.writeConfig());
    this.process = spawn(
      'nats-server',
      ['-c', config, '-js', '-sd', this.store, '-a', '127.0.0.1', '-p', String(this.port)],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...this.deployment?.env } },
    );
    const { stderr } = this.process;
    if (!stderr) throw new Error('nats-server was started without stderr');
    this.log = '';
    await new Promise<void>((resolve, reject) => {
      this.process?.once('error', reject);
      this.process?.once('exit', () => reject(new Error(`nats-server did not start:\n${this.log}`)));
      stderr.on('data', (chunk: Buffer) => {
        this.log += chunk.toString();
        if (this.log.includes('Server is ready')) resolve();
      });
    });
  }

  /** Kills it. The store stays, unless it is to be emptied: a broker that lost everything. */
  async interrupt({ emptyStore = false } = {}): Promise<void> {
    await this.end('SIGKILL');
    if (emptyStore) await rm(this.store, { recursive: true, force: true });
  }

  /** Ends it, and takes the stream's messages and its count of them; its consumers remember how far they were. */
  async interruptForgetting(...streams: string[]): Promise<void> {
    await this.end('SIGTERM'); // in good order: what consumers remember is on the disk
    for (const stream of streams)
      await rm(path.join(this.store, 'jetstream/$G/streams', stream, 'msgs'), { recursive: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process?.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.kill(signal);
    await exit;
  }

  async stop(): Promise<void> {
    await this.interrupt();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async writeConfig(): Promise<string> {
    // max_payload has no command line option.
    const config = path.join(this.directory, 'nats.conf');
    await writeFile(config, `max_payload: ${MAX_PAYLOAD_BYTES}\nmax_pending: ${4 * MAX_PAYLOAD_BYTES}\n`);
    return config;
  }

  private get store(): string {
    return path.join(this.directory, 'store');
  }
}
