import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ReadinessResponse } from '@runbin/contracts/operations';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Readiness } from '@runbin/platform/readiness';
import { RunnerRoster } from '../languages/runner.roster';

/** Answers this young are given again, so that asking often costs little. */
const CACHE_MS = 500;

/** Whether the whole path works: broker, services, and a runner that takes work. */
@Injectable()
export class GatewayReadiness implements OnApplicationBootstrap {
  private last: { at: number; answer: Promise<ReadinessResponse> } | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly roster: RunnerRoster,
    private readonly nats: NatsConnection,
  ) {}

  onApplicationBootstrap(): void {
    for (const mode of this.nats.degraded) new Logger('Readiness').warn(`degraded: ${mode}`);
  }

  check(): Promise<ReadinessResponse> {
    const now = performance.now();
    if (!this.last || now - this.last.at > CACHE_MS) this.last = { at: now, answer: this.ask() };
    return this.last.answer;
  }

  private async ask(): Promise<ReadinessResponse> {
    const { ok, checks } = await this.readiness.check();
    const runners = this.roster
      .live()
      .map(({ runner_id, ready, reason, engine, degraded, languages, permits }) => ({
        runner_id,
        ready,
        reason,
        engine,
        degraded,
        languages: languages.length,
        permits,
      }));
    return { status: ok ? 'ok' : 'unavailable', checks, degraded: this.nats.degraded, runners };
  }
}
