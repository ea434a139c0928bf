import type { FollowEvent, SharedEvent } from '@runbin/contracts/follow.events';
import type { AcceptedMessage } from '@runbin/contracts/run.socket';

/** A gateway, by its address. */
interface Server {
  readonly base: string;
}

export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: FollowEvent | SharedEvent | AcceptedMessage;
  /** When it came, on the clock of `performance`. */
  readonly atMs: number;
}

/** Reads server-sent events the way a browser does (HTML, 9.2.6), and keeps the text as it came. */
export class EventSourceUnderTest {
  readonly events: ReceivedEvent[] = [];
  text = '';
  hasEnded = false;
  private readonly gone = new AbortController();
  private readonly sleepers = new Set<() => void>();
  private unread = '';
  private readonly decoder = new TextDecoder();

  private constructor(readonly response: Response) {}

  static open(
    server: Server,
    submissionId: string,
    { query = '', ...headers }: Record<string, string> = {},
  ): Promise<EventSourceUnderTest> {
    return EventSourceUnderTest.ask(server, `/v1/submissions/${submissionId}/events${query}`, { headers });
  }

  /** Follows the run of a link. */
  static ofLink(
    server: Server,
    code: string,
    headers: Record<string, string> = {},
  ): Promise<EventSourceUnderTest> {
    return EventSourceUnderTest.ask(server, `/v1/urls/${code}/events`, { headers });
  }

  /** Submits a program, and asks for the events of its run as the answer. */
  static submit(
    server: Server,
    submission: object,
    headers: Record<string, string> = {},
  ): Promise<EventSourceUnderTest> {
    return EventSourceUnderTest.ask(server, '/v1/submissions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify(submission),
    });
  }

  private static async ask(
    { base }: Server,
    target: string,
    init: RequestInit,
  ): Promise<EventSourceUnderTest> {
    const gone = new AbortController();
    const response = await fetch(`${base}${target}`, { ...init, signal: gone.signal });
    const source = new EventSourceUnderTest(response);
    source.gone.signal.addEventListener('abort', () => gone.abort());
    void source.read();
    return source;
  }

  get ids(): string[] {
    return this.events.map(({ id }) => id);
  }

  get lastId(): string {
    return this.ids.at(-1) ?? '';
  }

  /** Everything that was written to one stream. */
  output(of: 'stdout' | 'stderr' = 'stdout'): string {
    return this.events
      .map(({ data }) => (data.type === 'output' && data.stream === of ? data.data : ''))
      .join('');
  }

  /** Resolves once it holds; the test's own time limit ends it. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.hasEnded) throw new Error(`ended before that, with ${this.ids.join(' ')}`);
      await new Promise<void>((resolve) => this.sleepers.add(resolve));
    }
  }

  async ended(): Promise<this> {
    while (!this.hasEnded) await new Promise<void>((resolve) => this.sleepers.add(resolve));
    return this;
  }

  close(): void {
    this.gone.abort();
  }

  private async read(): Promise<void> {
    try {
      const body: AsyncIterable<Uint8Array> | undefined = this.response.body ?? undefined;
      for await (const bytes of body ?? []) this.take(this.decoder.decode(bytes, { stream: true }));
    } catch {
      // Closed by us, or cut off: what was read stays.
    }
    this.hasEnded = true;
    this.wake();
  }

  private take(text: string): void {
    this.text += text;
    const blocks = (this.unread + text).split('\n\n');
    this.unread = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split(/\r\n|\r|\n/).map((line) => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
        }),
      );
      const data = fields.get('data');
      if (data !== undefined)
        this.events.push({
          id: fields.get('id') ?? '',
          event: fields.get('event') ?? '',
          data: JSON.parse(data) as ReceivedEvent['data'],
          atMs: performance.now(),
        });
    }
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.sleepers]) {
      this.sleepers.delete(wake);
      wake();
    }
  }
}
