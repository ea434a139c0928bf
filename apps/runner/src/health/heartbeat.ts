import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RUNNER_ANNOUNCE, RUNNER_HEARTBEAT } from '@runbin/contracts/subjects';
import { HEARTBEAT_INTERVAL_MS, type RunnerHeartbeat } from '@runbin/contracts/work';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Permits } from '../execution/permits';
import { Toolchains } from '../languages/toolchains';
import { SANDBOX_ENGINE, type SandboxEngine } from '../sandbox/sandbox';
import { SandboxPool } from '../sandbox/sandbox.pool';
import { RUNNER_ID } from '../work/run.events';

/** Tells the gateways who is here and what it offers: every few seconds, and at once when one asks. */
@Injectable()
export class Heartbeat implements OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private reason: string | null = 'starting';

  constructor(
    private readonly nats: NatsConnection,
    private readonly permits: Permits,
    private readonly toolchains: Toolchains,
    private readonly pool: SandboxPool,
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    @Inject(RUNNER_ID) private readonly runnerId: string,
  ) {}

  start(): void {
    this.nats.core.subscribe(RUNNER_ANNOUNCE, { callback: () => this.beat() });
    this.timer = setInterval(() => this.beat(), HEARTBEAT_INTERVAL_MS);
    this.beat();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** null: takes work. */
  setReason(reason: string | null): void {
    const changed = this.reason !== reason;
    this.reason = reason;
    if (changed && this.timer) this.beat();
  }

  private beat(): void {
    const { parked, empty, memoryBytes } = this.pool.state;
    const beat: RunnerHeartbeat = {
      runner_id: this.runnerId,
      ready: this.reason === null,
      reason: this.reason,
      engine: this.engine.name,
      degraded: [...this.engine.degraded],
      permits: { total: this.permits.total, free: this.permits.free },
      languages: this.toolchains.all().map(({ language, version }) => ({ id: language.id, version })),
      pool: { parked, empty, memory_bytes: memoryBytes },
    };
    this.nats.emit(RUNNER_HEARTBEAT, beat);
  }
}
