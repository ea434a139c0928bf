import type { FollowEvent } from '@runbin/contracts/follow.events';
import type { AcceptedMessage, ServerMessage } from '@runbin/contracts/run.socket';

/** What a page asks of a server, answered by the test: takes the place of `fetch`, `WebSocket` and `location`. */
export class StandInServer {
  readonly requests: { method: string; path: string; headers: Headers; body: unknown }[] = [];
  readonly sockets: StandInSocket[] = [];
  /** Answers, by `POST /v1/submissions`; the last one stays. */
  private readonly answers = new Map<
    string,
    ((signal: AbortSignal | null) => Response | Promise<Response>)[]
  >();

  install(): void {
    const sockets = this.sockets;
    Object.assign(globalThis, {
      location: { href: 'https://runbin.example/' },
      fetch: (path: string, init: RequestInit = {}) => this.answer(path, init),
      WebSocket: class extends StandInSocket {
        constructor(url: string) {
          super(url);
          sockets.push(this);
        }
      },
    });
  }

  on(request: string, ...answers: ((signal: AbortSignal | null) => Response | Promise<Response>)[]): void {
    this.answers.set(request, answers);
  }

  asked(request: string): StandInServer['requests'] {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === request);
  }

  private async answer(
    path: string,
    { method = 'GET', headers, body, signal = null }: RequestInit,
  ): Promise<Response> {
    this.requests.push({
      method,
      path,
      headers: new Headers(headers),
      body: typeof body === 'string' ? JSON.parse(body) : undefined,
    });
    const answers = this.answers.get(`${method} ${path}`) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (!answer) throw new TypeError(`nothing is at ${method} ${path}`);
    return answer(signal);
  }
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json({ type: '', title: code, status, code, detail: `${code}.` }, status, {
    'content-type': 'application/problem+json',
    ...headers,
  });

/** A stream of events that the test goes on with. */
export class StandInEvents {
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  respond = (signal: AbortSignal | null): Response => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller;
        signal?.addEventListener('abort', () => {
          controller.error(signal.reason);
        });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  };

  tell(...events: (AcceptedMessage | FollowEvent)[]): void {
    const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    this.controller?.enqueue(new TextEncoder().encode(text));
  }

  cut(): void {
    this.controller?.close();
  }
}

/** The server's end of a WebSocket. */
export class StandInSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 3;

  readonly sent: unknown[] = [];
  readyState = StandInSocket.CONNECTING;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = StandInSocket.CLOSED;
  }

  accept(): void {
    this.readyState = StandInSocket.OPEN;
    this.onopen?.();
  }

  tell(...messages: ServerMessage[]): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The connection is lost, or never was. */
  cut(): void {
    this.readyState = StandInSocket.CLOSED;
    this.onclose?.();
  }
}
