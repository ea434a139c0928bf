import path from 'node:path';
import type { AddressInfo, Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig } from '@runbin/platform/config';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { Budgets } from '../src/admission/budgets';
import { createGateway } from '../src/gateway';
import type { RenderOptions } from '../src/rendering/render.pool';
import { SERVER_TIMEOUTS, type ServerTimeouts } from '../src/http/server.options';
import { StandInServices } from './stand.in.services';

const RENDER_WORKER = path.join(__dirname, 'render.worker.js');
const LANGUAGES_DIR = path.join(__dirname, '../../../languages');

export interface JsonAnswer {
  status: number;
  headers: Headers;
  // The shape is what the tests assert.
  body: Record<string, unknown>;
}

/** A real gateway on a real port, before a real broker and services that keep everything in memory. */
export class GatewayUnderTest {
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly port: number,
    readonly services: StandInServices,
    readonly nats: NatsServer,
    private readonly isFirst: boolean,
  ) {}

  /**
   * @param beside another gateway, whose broker and services it shares; stop this one first
   * @param host that it listens on
   */
  static async start(
    environment: Record<string, string> = {},
    timeouts: Partial<ServerTimeouts> = {},
    beside?: GatewayUnderTest,
    host = '127.0.0.1',
    rendering: Partial<RenderOptions> = {},
  ): Promise<GatewayUnderTest> {
    const nats = beside?.nats ?? (await NatsServer.start());
    const services = beside?.services ?? (await StandInServices.start(nats.url));
    const config = loadConfig('gateway', {
      NATS_URL: nats.url,
      PORT: '0',
      LOG_LEVEL: 'error',
      GATEWAY_RPC_TIMEOUT_MS: '10000',
      LANGUAGES_DIR,
      ...environment,
    });
    const app = await createGateway(
      config,
      { ...SERVER_TIMEOUTS, ...timeouts },
      { worker: RENDER_WORKER, ...rendering },
    );
    await app.listen(0, host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    const gateway = new GatewayUnderTest(app, port, services, nats, beside === undefined);
    app.getHttpServer().on('connection', (socket: Socket) => {
      gateway.sockets.add(socket);
      socket.once('close', () => gateway.sockets.delete(socket));
    });
    return gateway;
  }

  /** Requests that wait for a result. */
  get waitsInUse(): number {
    return this.app.get(Budgets).waits.inUse;
  }

  /** Bytes of bodies, and of answers, that it holds. */
  get bodiesInUse(): number {
    return this.app.get(Budgets).bodies.inUse;
  }

  get answersInUse(): number {
    return this.app.get(Budgets).answers.inUse;
  }

  get watchesInUse(): number {
    return this.app.get(Budgets).watches.inUse;
  }

  /** Bytes that wait in this process for clients that do not read. */
  unsentBytes(): number {
    return [...this.sockets].reduce((sum, { writableLength }) => sum + writableLength, 0);
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  fetch(target: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.base}${target}`, init);
  }

  async get(target: string, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    return jsonOf(await this.fetch(target, { headers }));
  }

  async post(target: string, body: unknown, headers: Record<string, string> = {}): Promise<JsonAnswer> {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return jsonOf(
      await this.fetch(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: text,
      }),
    );
  }

  /** Submits a python program and answers its id. */
  async submit(body: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.post('/v1/submissions', { language: 'python', code: 'print(1)', ...body });
    if (answer.status !== 201) throw new Error(`not accepted: ${JSON.stringify(answer.body)}`);
    return String(answer.body.submission_id);
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (!this.isFirst) return;
    await this.services.close();
    await this.nats.stop();
  }
}

async function jsonOf(response: Response): Promise<JsonAnswer> {
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}
