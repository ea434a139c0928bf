import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ServerMessage } from '@runbin/contracts/run.socket';

/** A gateway, by its address. */
interface Server {
  readonly base: string;
}

type Of<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

/** The client's end of `WS /v1/run`, which keeps all that it is sent. */
export class SocketUnderTest {
  readonly messages: ServerMessage[] = [];
  /** The code that it was closed with. */
  closed: number | undefined;
  private readonly sleepers = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.messages.push(JSON.parse(data.toString()) as ServerMessage);
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      this.closed = code;
      this.wake();
    });
  }

  static async open({ base }: Server, headers: Record<string, string> = {}): Promise<SocketUnderTest> {
    const socket = new WebSocket(`${base.replace('http', 'ws')}/v1/run`, { headers });
    await once(socket, 'open');
    return new SocketUnderTest(socket);
  }

  /** The status of a handshake, and its problem code where there is one. */
  static async knock({ base }: Server, path = '/v1/run', headers: Record<string, string> = {}) {
    const socket = new WebSocket(`${base.replace('http', 'ws')}${path}`, { headers });
    return new Promise<[number, string?]>((resolve, reject) => {
      socket.once('upgrade', () => {
        resolve([101]);
        socket.on('open', () => socket.terminate());
      });
      socket.on('error', reject);
      socket.once('unexpected-response', (_request, response: IncomingMessage) => {
        let body = '';
        response.on('data', (data: Buffer) => (body += data.toString()));
        response.on('end', () => {
          const { code } = JSON.parse(body || '{}') as { code?: string };
          resolve([response.statusCode ?? 0, ...(code === undefined ? [] : [code])] as [number, string?]);
        });
      });
    });
  }

  send(message: object | Buffer): void {
    this.socket.send(Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  of<Type extends ServerMessage['type']>(type: Type): Of<Type>[] {
    return this.messages.filter((message): message is Of<Type> => message.type === type);
  }

  get output(): string {
    return this.of('output')
      .map(({ data }) => data)
      .join('');
  }

  get positions(): string[] {
    return this.messages.flatMap((message) => ('position' in message ? [message.position] : []));
  }

  /** The id of the submission that it made. */
  async accepted(): Promise<Of<'accepted'>> {
    for (;;) {
      const [accepted] = this.of('accepted');
      if (accepted) return accepted;
      if (this.closed !== undefined) throw new Error(`closed: ${JSON.stringify(this.messages)}`);
      await this.change();
    }
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.closed !== undefined)
        throw new Error(`closed with ${this.closed} before that: ${JSON.stringify(this.messages.slice(-3))}`);
      await this.change();
    }
  }

  async whenClosed(): Promise<number> {
    while (this.closed === undefined) await this.change();
    return this.closed;
  }

  private async change(): Promise<void> {
    await new Promise<void>((resolve) => this.sleepers.add(resolve));
  }

  private wake(): void {
    for (const wake of [...this.sleepers]) {
      this.sleepers.delete(wake);
      wake();
    }
  }
}
