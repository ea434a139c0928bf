import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { RUNNER_ANNOUNCE, RUNNER_HEARTBEAT } from '@runbin/contracts/subjects';
import { HEARTBEAT_TTL_MS, type RunnerHeartbeat, RunnerHeartbeatSchema } from '@runbin/contracts/work';
import { NatsConnection } from '@runbin/messaging/nats.connection';

/** Which runners are alive and what they offer, from their heartbeats. */
@Injectable()
export class RunnerRoster implements OnModuleInit {
  private readonly logger = new Logger('RunnerRoster');
  private readonly seen = new Map<string, { heartbeat: RunnerHeartbeat; atMs: number }>();

  constructor(private readonly nats: NatsConnection) {}

  onModuleInit(): void {
    this.nats.core.subscribe(RUNNER_HEARTBEAT, {
      callback: (error, message) => {
        if (error) this.logger.warn(`heartbeats: ${error.message}`);
        else this.record(message);
      },
    });
    this.nats.onReconnected(() => this.askAll());
    this.askAll();
  }

  /** Runners that were heard of lately, ready or not. */
  live(): RunnerHeartbeat[] {
    const oldest = performance.now() - HEARTBEAT_TTL_MS;
    for (const [id, { atMs }] of this.seen) if (atMs < oldest) this.seen.delete(id);
    return [...this.seen.values()].map(({ heartbeat }) => heartbeat);
  }

  /** Language id → version, of all that some ready runner offers; undefined while no runner is ready. */
  offered(): Map<string, string> | undefined {
    const ready = this.ready();
    if (ready.length === 0) return undefined;
    return new Map(ready.flatMap(({ languages }) => languages.map(({ id, version }) => [id, version])));
  }

  /** Whether some ready runner offers the language; undefined while no runner is ready. Asked of every submission. */
  offers(languageId: string): boolean | undefined {
    const ready = this.ready();
    if (ready.length === 0) return undefined;
    return ready.some(({ languages }) => languages.some(({ id }) => id === languageId));
  }

  private ready(): RunnerHeartbeat[] {
    return this.live().filter((runner) => runner.ready);
  }

  private askAll(): void {
    this.nats.emit(RUNNER_ANNOUNCE, {});
  }

  private record(message: { json(): unknown }): void {
    try {
      const heartbeat = RunnerHeartbeatSchema.parse(message.json());
      this.seen.set(heartbeat.runner_id, { heartbeat, atMs: performance.now() });
    } catch {
      this.logger.warn('a heartbeat that can not be read');
    }
  }
}
