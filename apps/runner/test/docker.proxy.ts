import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Between an engine and the real daemon: takes the daemon away from the one engine that a test breaks. */
export class DockerProxy implements AsyncDisposable {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'docker-proxy-'));
  private readonly socketPath = path.join(this.directory, 'docker.sock');
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private server: Server | undefined;
  private isFrozen = false;

  constructor(private readonly daemonPath: string) {}

  /** For RUNNER_DOCKER_HOST. */
  get host(): string {
    return `unix://${this.socketPath}`;
  }

  /** Also after `end`, as a daemon that comes back. */
  start(): Promise<void> {
    this.server = createServer((client) => this.connect(client));
    return new Promise((resolve) => this.server?.listen(this.socketPath, resolve));
  }

  /** As a daemon that ends: what is open breaks, and new connections are refused. */
  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    await closed;
  }

  /** As a daemon that is stopped (SIGSTOP): connections are taken, and nothing is ever answered. */
  freeze(): void {
    this.isFrozen = true;
    for (const pair of this.pairs) for (const socket of pair) socket.pause();
  }

  thaw(): void {
    this.isFrozen = false;
    for (const pair of this.pairs) for (const socket of pair) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true });
  }

  private connect(client: Socket): void {
    const daemon = createConnection({ path: this.daemonPath, allowHalfOpen: true });
    const pair = [client, daemon] as const;
    this.pairs.add(pair);
    for (const [from, to] of [pair, [daemon, client] as const]) {
      from.on('data', (bytes) => to.write(bytes));
      from.on('end', () => to.end());
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        this.pairs.delete(pair);
      });
      if (this.isFrozen) from.pause();
    }
  }
}
