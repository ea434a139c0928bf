import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { SandboxError, type StageFacts } from '../sandbox/sandbox';
import { type Compiled, compiledOf, decodeEntry, encodeEntry, factsOf, sizeOf } from './artifact.entry';
import { ArtifactStore } from './artifact.store';

export interface ArtifactCacheOptions {
  directory: string;
  /** Bound on the bytes of the directory; 0 turns the cache off. */
  maxBytes: number;
  /** Bound on the bytes of the entries that are held in memory beside it. */
  memoryBytes: number;
}

/** An entry that takes more than this part of the memory is read from disk each time. */
const LARGEST_IN_MEMORY = 1 / 8;
/** Entries that wait to be written; what would be one more is not kept. */
const MAX_WRITES = 8;
/** The disk is told so often that an entry in memory is of use. */
const TOUCH_MS = 60_000;

/**
 * What compilers made, by everything that they could see (`artifactKey`), so that the same program is compiled once.
 * Nothing depends on it: an entry that is missing or damaged, or a disk that is full, costs a compile. Why one
 * person's program may be given to another: ADR 0010.
 */
export class ArtifactCache implements OnApplicationShutdown {
  private readonly logger = new Logger('Artifacts');
  private readonly store: ArtifactStore | undefined;
  /** What was used longest ago comes first. */
  private readonly hot = new Map<string, { compiled: Compiled; bytes: number; touchedMs: number }>();
  private hotBytes = 0;
  /** Compiles that go on, each for all who want the same; undefined: it came to nothing that can be shared. */
  private readonly running = new Map<string, Promise<Compiled | undefined>>();
  /** On their way to the disk. */
  private readonly writes = new Map<string, { compiled: Compiled; done: Promise<void> }>();

  /** @throws Error when the directory can not be used */
  constructor(private readonly options: ArtifactCacheOptions) {
    const { directory, maxBytes } = options;
    if (maxBytes > 0) this.store = new ArtifactStore(directory, maxBytes);
  }

  /**
   * What the compile would make, by compiling only if nobody has. The facts have no times where nothing was compiled.
   * @throws whatever `compile` does; those who waited for it then compile themselves
   * @throws SandboxError when the signal aborts the wait for another's compile
   */
  async compile(key: string, compile: () => Promise<StageFacts>, signal: AbortSignal): Promise<StageFacts> {
    const { store } = this;
    if (!store) return await compile();
    const hot = this.recall(key, store);
    if (hot) return factsOf(hot);

    const leader = this.running.get(key);
    if (leader) {
      const compiled = await untilAborted(leader, signal);
      return compiled ? factsOf(compiled) : await this.fresh(key, compile, store);
    }
    const compilation = this.lookUp(key, store).then((known) =>
      known ? factsOf(known) : this.fresh(key, compile, store),
    );
    const shared = compilation.then(compiledOf).catch(() => undefined);
    this.running.set(key, shared);
    return await compilation.finally(() => this.running.delete(key));
  }

  /** Resolves once everything is on disk. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.writes.values()].map(({ done }) => done));
  }

  private async fresh(
    key: string,
    compile: () => Promise<StageFacts>,
    store: ArtifactStore,
  ): Promise<StageFacts> {
    const facts = await compile();
    const compiled = compiledOf(facts);
    if (compiled) this.keep(key, compiled, store);
    return facts;
  }

  private recall(key: string, store: ArtifactStore): Compiled | undefined {
    const entry = this.hot.get(key);
    if (!entry) return this.writes.get(key)?.compiled;
    this.hot.delete(key);
    this.hot.set(key, entry);
    if (performance.now() - entry.touchedMs > TOUCH_MS) {
      entry.touchedMs = performance.now();
      void this.quietly(store.touch(key));
    }
    return entry.compiled;
  }

  /** A directory that can not be read is as good as an empty one. */
  private async lookUp(key: string, store: ArtifactStore): Promise<Compiled | undefined> {
    try {
      const entry = await store.read(key);
      if (!entry) return undefined;
      const compiled = decodeEntry(key, entry);
      if (!compiled) {
        this.logger.warn(`${key} was damaged and is removed`);
        await store.remove(key);
        return undefined;
      }
      void this.quietly(store.touch(key));
      this.hold(key, compiled, entry.length);
      return compiled;
    } catch (error) {
      this.logger.warn(`not read: ${String(error)}`);
      return undefined;
    }
  }

  /** The run does not wait for the disk. */
  private keep(key: string, compiled: Compiled, store: ArtifactStore): void {
    if (this.writes.size >= MAX_WRITES || this.writes.has(key)) return;
    if (sizeOf(compiled) > store.largestEntryBytes) return;
    const entry = encodeEntry(key, compiled);
    // Of the entry's own memory: what came out of the sandbox may be part of something larger.
    const own = decodeEntry(key, entry) ?? compiled;
    this.hold(key, own, entry.length);
    const done = this.quietly(store.write(key, entry)).finally(() => this.writes.delete(key));
    this.writes.set(key, { compiled: own, done });
  }

  private hold(key: string, compiled: Compiled, bytes: number): void {
    const { memoryBytes } = this.options;
    if (bytes > memoryBytes * LARGEST_IN_MEMORY) return;
    this.hotBytes += bytes - (this.hot.get(key)?.bytes ?? 0);
    this.hot.delete(key);
    this.hot.set(key, { compiled, bytes, touchedMs: performance.now() });
    for (const [oldest, entry] of this.hot) {
      if (this.hotBytes <= memoryBytes) return;
      this.hot.delete(oldest);
      this.hotBytes -= entry.bytes;
    }
  }

  private async quietly(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.logger.warn(`not kept: ${String(error)}`);
    }
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new SandboxError('was told to stop'));
  });
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
