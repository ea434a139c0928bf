import { Client } from 'pg';

/** What `pg` says when a query was not answered in time (`query_timeout`). */
const READ_TIMEOUT = 'Query read timeout';

/**
 * The class of a pool's connections. A connection on which a query was not answered at all is ended, since the pool
 * would hand it out again and again; the server cancels what is merely slow before that. And with it every other that lies in
 * the pool and has not been heard of since: what the network forgot, it forgot altogether.
 */
export function mortalClient(): typeof Client {
  const connected = new Set<MortalClient>();

  class MortalClient extends Client {
    private heardAt = performance.now();
    private unanswered = 0;

    constructor(...args: ConstructorParameters<typeof Client>) {
      super(...args);
      this.once('end', () => connected.delete(this));
      connected.add(this);
    }

    // The overloads are the base's; what TypeORM and the stores use is the one with a promise.
    override query = ((...args: unknown[]): unknown => {
      const query = super.query.bind(this) as (...args: unknown[]) => unknown;
      const sentAt = performance.now();
      const answer = query(...args);
      if (answer instanceof Promise) {
        this.unanswered++;
        void answer.then(
          () => this.heard(),
          (error: unknown) => (isReadTimeout(error) ? this.endSilent(sentAt) : this.heard()),
        );
      }
      return answer;
    }) as Client['query'];

    private heard(): void {
      this.unanswered--;
      this.heardAt = performance.now();
    }

    private endSilent(since: number): void {
      this.die();
      for (const other of connected) if (other.unanswered === 0 && other.heardAt < since) other.die();
    }

    /** Without a word to the other end, which would be waited for. The pool is told before it hands it out again. */
    private die(): void {
      connected.delete(this);
      if (this.listenerCount('error') > 0) this.emit('error', new Error('a query was not answered'));
      this.connection.stream.destroy();
    }
  }
  return MortalClient;
}

function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === READ_TIMEOUT;
}
