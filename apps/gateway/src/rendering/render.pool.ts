import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Piscina } from 'piscina';
import { overloaded } from '../admission/budgets';
import type { Rendered, RenderTask } from './render.task';

export const RENDER_OPTIONS = Symbol('RENDER_OPTIONS');

export interface RenderOptions {
  readonly languagesDir: string;
  /** The built entry of a thread. */
  readonly worker: string;
  /** Threads at most. */
  readonly threads: number;
  /** What takes longer is given up, and its thread with it. */
  readonly limitMs: number;
  /** Tasks that may wait; each holds what it is made from. */
  readonly maxQueue: number;
}

/** Beside the gateway's own file, where the build puts it. */
export const RENDER_DEFAULTS = {
  worker: path.join(__dirname, 'render.worker.js'),
  // One core is left to the event loop.
  threads: Math.min(4, Math.max(1, availableParallelism() - 1)),
  limitMs: 10_000,
  maxQueue: 32,
};

/** How piscina's refusal begins when no more may wait. */
const QUEUE_IS_FULL = 'Task queue is at limit';

/** Of the heap of one thread: a page is made of 1.5 MiB of HTML at most. */
const HEAP_MIB = 256;

/**
 * Threads that make pages, so that what a stranger wrote never holds the event loop (ADR 0036). A thread that ends or
 * takes too long is replaced, and its reader told to come again. There are none before the first page is asked for.
 */
@Injectable()
export class RenderPool implements OnModuleDestroy {
  private pool: Piscina | undefined;
  private readonly ending = new Set<Promise<void>>();
  private readonly logger = new Logger('RenderPool');

  constructor(@Inject(RENDER_OPTIONS) private readonly options: RenderOptions) {}

  /** @throws Problem `overloaded` */
  async render<Task extends RenderTask>(task: Task): Promise<Rendered<Task>> {
    const pool = (this.pool ??= this.start());
    try {
      return (await pool.run(task, {
        signal: AbortSignal.timeout(this.options.limitMs),
      })) as Rendered<Task>;
    } catch (error) {
      // Of the thread, of its time, or of the queue: none of them is the reader's.
      const { message } = error as Error;
      this.logger.error({ kind: task.kind, message }, 'a page was not made');
      if (!message.startsWith(QUEUE_IS_FULL)) this.replace(pool);
      throw overloaded();
    }
  }

  /** A pool whose thread came to its end may hand work to it still: what comes next gets another pool. */
  private replace(pool: Piscina): void {
    if (this.pool !== pool) return;
    this.pool = undefined;
    this.end(pool);
  }

  private end(pool: Piscina): void {
    const ended = pool.destroy().catch(() => undefined);
    this.ending.add(ended);
    void ended.finally(() => this.ending.delete(ended));
  }

  async onModuleDestroy(): Promise<void> {
    if (this.pool) this.end(this.pool);
    await Promise.all(this.ending);
  }

  private start(): Piscina {
    const { worker, threads, maxQueue, languagesDir } = this.options;
    const pool = new Piscina({
      filename: worker,
      name: 'render',
      minThreads: 1,
      maxThreads: threads,
      maxQueue,
      workerData: { languagesDir },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    // Of a thread with no task in hand. An error event that nobody hears would end the gateway.
    pool.on('error', ({ message }: Error) => {
      this.logger.error({ message }, 'a thread ended');
      this.replace(pool);
    });
    return pool;
  }
}
