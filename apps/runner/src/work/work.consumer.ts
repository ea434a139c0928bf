import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '@runbin/contracts/result';
import { resultFinals, submissionPayload } from '@runbin/contracts/rpc';
import { RUN_DEAD, RUN_FINISHED, RUN_STARTED, WORK_STREAM, workConsumer } from '@runbin/contracts/subjects';
import {
  attemptOf,
  type ExecuteRun,
  ExecuteRunSchema,
  MAX_DELIVERIES,
  MESSAGE_VERSION,
  type RunDeadLettered,
  type RunFinished,
  type RunStarted,
} from '@runbin/contracts/work';
import type { Delivery } from '@runbin/messaging/delivery';
import { DurablePublisher } from '@runbin/messaging/durable.publisher';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { PullConsumer } from '@runbin/messaging/pull.consumer';
import { RpcClient } from '@runbin/platform/rpc.client';
import { Permits } from '../execution/permits';
import { RunExecutor } from '../execution/run.executor';
import { type Toolchain, Toolchains } from '../languages/toolchains';

export const RUNNER_ID = Symbol('RUNNER_ID');

/** Wait before a run that the platform failed is tried again, by how often it was delivered. */
const RETRY_DELAYS_MS = [1_000, 5_000, 15_000];
const PUBLISH_RETRY_MS = 500;
/** A message of another schema version waits for a runner that reads it. */
const OTHER_VERSION_DELAY_MS = 30_000;

/**
 * Takes work and sees it through: every delivery ends in an ack after its outcome is with the broker, in a
 * nak when the platform failed, or in a visible internal_error when it has failed too often.
 */
@Injectable()
export class WorkConsumer {
  private readonly logger = new Logger('Work');
  private readonly stopPulling = new AbortController();
  private readonly abortRuns = new AbortController();
  private readonly inWork = new Set<Promise<void>>();

  constructor(
    private readonly nats: NatsConnection,
    private readonly publisher: DurablePublisher,
    private readonly rpc: RpcClient,
    private readonly permits: Permits,
    private readonly executor: RunExecutor,
    private readonly toolchains: Toolchains,
    @Inject(RUNNER_ID) private readonly runnerId: string,
  ) {}

  /** One pull at a time per language, and only while a permit is free: what can not start stays with the broker. */
  start(): void {
    for (const toolchain of this.toolchains.all()) {
      const consumer = new PullConsumer(this.nats, WORK_STREAM, workConsumer(toolchain.language.id));
      const oneAtATime = async () => {
        await this.permits.whenFree();
        return 1;
      };
      void consumer.run(oneAtATime, (delivery) => this.accept(delivery, toolchain), this.stopPulling.signal);
    }
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

  private accept(delivery: Delivery, toolchain: Toolchain): void {
    const work = this.process(delivery, toolchain).catch((error: unknown) => this.giveBack(delivery, error));
    this.inWork.add(work);
    void work.finally(() => this.inWork.delete(work));
  }

  private async process(delivery: Delivery, toolchain: Toolchain): Promise<void> {
    // The permit is asked for before anything is awaited, so that the next pull sees that it is gone.
    const taking = this.permits.take();
    using _alive = delivery.keepAlive();
    using permit = await taking;

    const work = parse(delivery);
    if (work === 'other version') return delivery.nak(OTHER_VERSION_DELAY_MS);
    if (work === 'unreadable') return await this.bury(delivery, toolchain, 'the message could not be read');
    if (delivery.deliveries > MAX_DELIVERIES) {
      return await this.bury(delivery, toolchain, `it failed ${MAX_DELIVERIES} times`, work);
    }
    if ((delivery.deliveries > 1 || work.dispatch > 1) && (await this.isFinal(work))) return delivery.ack();

    const event = this.startedEvent(work, attemptOf(work.dispatch, delivery.deliveries), toolchain);
    this.announce(event);
    const payload =
      work.payload ?? (await this.rpc.call(submissionPayload, { submission_id: work.submission_id }));
    if (!payload) return delivery.ack(); // deleted meanwhile: there is nothing to run, and nobody to tell
    const outcome = await this.executor.execute(
      work,
      payload,
      toolchain.language,
      permit.slot,
      this.abortRuns.signal,
    );
    await this.finish(event, outcome);
    delivery.ack();
  }

  /** Losable: the finished event tells the same and more. */
  private announce(event: RunStarted): void {
    this.publisher
      .publish(RUN_STARTED, event, `${event.submission_id}:${event.attempt}:started`)
      .catch((error: unknown) => {
        this.logger.debug(`run.started was not stored: ${String(error)}`);
      });
  }

  /** Tries until the broker has it: the outcome exists only here. */
  private async finish(event: RunStarted, outcome: Outcome): Promise<void> {
    const finished: RunFinished = { ...event, finished_at: new Date().toISOString(), outcome };
    for (;;) {
      try {
        await this.publisher.publish(
          RUN_FINISHED,
          finished,
          `${event.submission_id}:${event.attempt}:finished`,
        );
        return;
      } catch (error) {
        if (this.abortRuns.signal.aborted) throw error;
        this.logger.warn(`run.finished was not stored, trying again: ${String(error)}`);
        await delay(PUBLISH_RETRY_MS);
      }
    }
  }

  /** The end of a message that can not succeed: visible to its owner, kept for a person, out of the queue. */
  private async bury(
    delivery: Delivery,
    toolchain: Toolchain,
    reason: string,
    work?: ExecuteRun,
  ): Promise<void> {
    this.logger.error(`${delivery.subject} becomes internal_error: ${reason}`);
    const letter: RunDeadLettered = {
      v: MESSAGE_VERSION,
      subject: delivery.subject,
      reason,
      deliveries: delivery.deliveries,
      runner_id: this.runnerId,
      dead_at: new Date().toISOString(),
      message: Buffer.from(delivery.bytes).toString('base64'),
    };
    await this.publisher.publish(RUN_DEAD, letter, `${delivery.subject}:dead`);
    const submissionId = delivery.subject.split('.')[2] ?? '';
    const facts = work ?? { submission_id: submissionId, queued_at: new Date().toISOString(), dispatch: 1 };
    const event = this.startedEvent(facts, attemptOf(facts.dispatch, delivery.deliveries), toolchain);
    await this.finish(
      event,
      internalError(`The platform failed to run your program: ${reason}. It was kept for us to look into.`),
    );
    delivery.term(reason);
  }

  private giveBack(delivery: Delivery, error: unknown): void {
    if (this.abortRuns.signal.aborted) {
      delivery.nak(0); // we are stopping; whoever is next takes it at once
      return;
    }
    this.logger.error(
      `${delivery.subject}, delivery ${delivery.deliveries}, is given back: ${String(error)}`,
    );
    delivery.nak(RETRY_DELAYS_MS[delivery.deliveries - 1] ?? RETRY_DELAYS_MS.at(-1) ?? 0);
  }

  /** Unreachable counts as no: running again is harmless, not running is not. */
  private async isFinal(work: ExecuteRun): Promise<boolean> {
    try {
      const { submission_ids } = await this.rpc.call(resultFinals, { submission_ids: [work.submission_id] });
      return submission_ids.includes(work.submission_id);
    } catch {
      return false;
    }
  }

  private startedEvent(
    work: Pick<ExecuteRun, 'submission_id' | 'queued_at'>,
    attempt: number,
    { language, version }: Toolchain,
  ): RunStarted {
    return {
      v: MESSAGE_VERSION,
      submission_id: work.submission_id,
      attempt,
      runner_id: this.runnerId,
      language: language.id,
      language_version: version,
      queued_at: work.queued_at,
      started_at: new Date().toISOString(),
    };
  }
}

function parse(delivery: Delivery): ExecuteRun | 'other version' | 'unreadable' {
  let message: unknown;
  try {
    message = delivery.json();
  } catch {
    return 'unreadable';
  }
  const parsed = ExecuteRunSchema.safeParse(message);
  if (parsed.success) return parsed.data;
  const version = typeof message === 'object' && message !== null && 'v' in message ? message.v : undefined;
  return typeof version === 'number' && version !== MESSAGE_VERSION ? 'other version' : 'unreadable';
}

function internalError(message: string): Outcome {
  return {
    status: 'internal_error',
    message,
    exit_code: null,
    signal: null,
    stdout: '',
    stdout_encoding: 'utf-8',
    stdout_truncated: false,
    stderr: '',
    stderr_encoding: 'utf-8',
    stderr_truncated: false,
    compile: null,
    usage: null,
    degraded: [],
  };
}
