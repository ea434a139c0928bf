import { Injectable } from '@nestjs/common';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lane, LANES, WORK_STREAM, workConsumer } from '@runbin/contracts/subjects';
import type { Delivery } from '@runbin/messaging/delivery';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { PullConsumer } from '@runbin/messaging/pull.consumer';
import { Permits } from '../execution/permits';
import { type Toolchain, Toolchains } from '../languages/toolchains';
import { WorkProcessor } from './work.processor';

/** Takes work from the broker: one pull at a time per language and lane, and only while a permit is free. */
@Injectable()
export class WorkConsumer {
  private readonly stopPulling = new AbortController();
  private readonly abortRuns = new AbortController();
  private readonly inWork = new Set<Promise<void>>();

  constructor(
    private readonly nats: NatsConnection,
    private readonly permits: Permits,
    private readonly toolchains: Toolchains,
    private readonly processor: WorkProcessor,
  ) {}

  start(): void {
    // Every language's pull listens to the one signal.
    setMaxListeners(0, this.stopPulling.signal, this.abortRuns.signal);
    for (const toolchain of this.toolchains.all()) for (const lane of LANES) this.pull(toolchain, lane);
  }

  /** Takes nothing new, lets runs end for `drainMs`, and gives the others back. */
  async stop(drainMs: number): Promise<void> {
    this.stopPulling.abort();
    const drained = new AbortController();
    await Promise.race([
      Promise.all(this.inWork).finally(() => drained.abort()),
      delay(drainMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ]);
    this.abortRuns.abort();
    await Promise.all(this.inWork);
  }

  private pull(toolchain: Toolchain, lane: Lane): void {
    const consumer = new PullConsumer(this.nats, WORK_STREAM, workConsumer(toolchain.language.id, lane));
    // What can not start now stays with the broker, where another runner finds it.
    const oneWhenFree = async () => {
      await this.permits.whenFree(lane);
      return 1;
    };
    const accept = (delivery: Delivery) => this.accept(delivery, toolchain, lane);
    void consumer.run(oneWhenFree, accept, this.stopPulling.signal);
  }

  private accept(delivery: Delivery, toolchain: Toolchain, lane: Lane): void {
    const work = this.process(delivery, toolchain, lane);
    this.inWork.add(work);
    void work.finally(() => this.inWork.delete(work));
  }

  private async process(delivery: Delivery, toolchain: Toolchain, lane: Lane): Promise<void> {
    // Alive from the first moment: it may have to wait for its permit.
    using lease = delivery.keepAlive(this.abortRuns.signal);
    using _permit = await this.permits.take(lane);
    await this.processor.process(delivery, toolchain, lease.signal);
  }
}
