import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { NOTHING_RAN, type Outcome } from '@runbin/contracts/result';
import { resultFinals, submissionPayload } from '@runbin/contracts/rpc';
import {
  attemptOf,
  type ExecuteRun,
  ExecuteRunSchema,
  MAX_DELIVERIES,
  MESSAGE_VERSION,
  type Payload,
} from '@runbin/contracts/work';
import { type Delivery, LeaseLost } from '@runbin/messaging/delivery';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import { SandboxCheck } from '../health/sandbox.check';
import { NO_TIMES, type OnLoss, RunExecutor } from '../execution/run.executor';
import type { Toolchain } from '../languages/toolchains';
import { RunChannels } from '../live/run.channel';
import { SandboxError, SandboxLost } from '../sandbox/sandbox';
import { RunClock } from './run.clock';
import { RunEvents } from './run.events';

/** A message that is older may be one that was worked off: longer than an idle runner needs to take it. */
const OLD_MS = 3_000;
/** Wait before a run that the platform failed is tried again, by how often it was delivered. */
const RETRY_DELAYS_MS = [1_000, 5_000, 15_000];
/** A message of another schema version waits for a runner that reads it. */
const OTHER_VERSION_DELAY_MS = 30_000;
const REDEEM_RETRY_MS = 500;

/**
 * Sees one delivery through: it ends in an ack after its outcome is with the broker, in a nak when the
 * platform failed, or in a visible internal_error when it has failed too often. A sandbox that ended with its program is tried
 * again once; what fails so again is the program's own failure.
 */
@Injectable()
export class WorkProcessor {
  private readonly logger = new Logger('Work');

  constructor(
    private readonly rpc: RpcClient,
    private readonly events: RunEvents,
    private readonly executor: RunExecutor,
    private readonly channels: RunChannels,
    private readonly sandboxes: SandboxCheck,
  ) {}

  /**
   * Never throws. `signal`: the runner is stopping, and gives back what has not ended; or the message is not ours any
   * more, and whoever has it says what became of it. Returns, and with it the permit, only when sandboxes can be made: an outage of theirs uses up one try of what was in work, and none of what waits.
   */
  async process(delivery: Delivery, toolchain: Toolchain, signal: AbortSignal): Promise<void> {
    try {
      await this.settle(delivery, toolchain, signal);
    } catch (error) {
      if (signal.reason instanceof LeaseLost) {
        this.logger.warn(
          `${delivery.subject}, delivery ${delivery.deliveries}, is let go: ${signal.reason.message}`,
        );
        return;
      }
      if (signal.aborted) {
        delivery.nak(0); // whoever is next takes it at once
        return;
      }
      const said = `${delivery.subject}, delivery ${delivery.deliveries}, is given back: ${String(error)}`;
      if (error instanceof SandboxLost) this.logger.warn(said);
      else this.logger.error(said);
      // The last of them is followed by a delivery that does not run, and so need not wait.
      delivery.nak(RETRY_DELAYS_MS[delivery.deliveries - 1] ?? 0);
      if (error instanceof SandboxError) await this.sandboxes.whenWell(signal);
    }
  }

  private async settle(delivery: Delivery, toolchain: Toolchain, signal: AbortSignal): Promise<void> {
    const work = parse(delivery);
    if (work === 'other version') return delivery.nak(OTHER_VERSION_DELAY_MS);
    if (work === 'unreadable') {
      return await this.bury(delivery, factsOf(delivery), toolchain, 'its message could not be read', signal);
    }
    if (delivery.deliveries > MAX_DELIVERIES) {
      return await this.bury(delivery, work, toolchain, triedInVain(delivery, work), signal);
    }
    if (mayHaveEnded(delivery, work) && (await this.isFinal(work))) return delivery.ack();

    const clock = new RunClock();
    using begun = this.events.begin(work, attemptOf(work.dispatch, delivery.deliveries), toolchain, clock);
    const { event } = begun;
    using channel = this.channels.open(event, work.interactive);
    const payload = work.payload ?? (await this.redeem(work, signal));
    if (!payload) return delivery.ack(); // deleted meanwhile: there is nothing to run, and nobody to tell
    const execution = await this.executor.execute(
      work,
      payload,
      toolchain.language,
      signal,
      channel,
      onLossOf(delivery),
    );
    if (signal.reason instanceof LeaseLost) throw signal.reason;
    channel.end();
    await this.events.finished(event, { ...execution, outputLog: channel.outputLog }, clock, signal);
    delivery.ack();
    channel.linger();
  }

  /** Redeems the claim check. A submission service that is away is waited for: that is no failure of this run. */
  private async redeem(work: ExecuteRun, signal: AbortSignal): Promise<Payload | null> {
    for (;;) {
      try {
        return await this.rpc.call(submissionPayload, { submission_id: work.submission_id });
      } catch (error) {
        if (signal.aborted || !(error instanceof Problem) || error.code !== 'unavailable') throw error;
        this.logger.warn(`${work.submission_id} waits for its payload: ${error.detail}`);
        await delay(REDEEM_RETRY_MS);
      }
    }
  }

  /** The end of a message that can not succeed: visible to its owner, kept for a person, out of the queue. */
  private async bury(
    delivery: Delivery,
    work: WorkFacts,
    toolchain: Toolchain,
    reason: string,
    signal: AbortSignal,
  ): Promise<void> {
    this.logger.error(`${delivery.subject} becomes internal_error: ${reason}`);
    await this.events.dead(delivery, reason);
    const clock = new RunClock();
    using begun = this.events.begin(work, attemptOf(work.dispatch, delivery.deliveries), toolchain, clock);
    await this.events.finished(
      begun.event,
      { outcome: internalError(reason), times: NO_TIMES, outputLog: null },
      clock,
      signal,
    );
    delivery.drop();
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
}

/**
 * Whether it was handed out before. A broker that was killed may count anew, and come back with what it had removed (seen
 * with nats-server 2.9 after its disk had been full: everything of minutes); so what lay there for long counts as well.
 */
function mayHaveEnded({ deliveries, ageMs }: Delivery, { dispatch }: ExecuteRun): boolean {
  return deliveries > 1 || dispatch > 1 || ageMs > OLD_MS;
}

/**
 * Whoever tried it before may have been another runner, and why it did not end there is not known here: any try that came before
 * counts. That spares a program that ends its sandboxes from being run by every runner in turn.
 */
export function onLossOf({ deliveries }: Pick<Delivery, 'deliveries'>): OnLoss {
  return deliveries > 1 ? 'verdict' : 'retry';
}

type WorkFacts = Pick<ExecuteRun, 'submission_id' | 'queued_at' | 'dispatch'>;

/** What is known of a message without reading it: its subject names the submission. */
function factsOf(delivery: Delivery): WorkFacts {
  return {
    submission_id: delivery.subject.split('.').at(-1) ?? '',
    queued_at: new Date().toISOString(),
    dispatch: 1,
  };
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

/** In the numbers by which results count attempts: the last of them is the one that tells. */
function triedInVain({ deliveries }: Delivery, { dispatch }: WorkFacts): string {
  const attempt = (delivery: number) => attemptOf(dispatch, delivery);
  return `attempts ${attempt(1)} to ${attempt(MAX_DELIVERIES)} failed, and attempt ${attempt(deliveries)} gave up`;
}

function internalError(reason: string): Outcome {
  return {
    status: 'internal_error',
    message: `We failed to run your program: ${reason}. It was kept for us to look into.`,
    ...NOTHING_RAN,
  };
}
