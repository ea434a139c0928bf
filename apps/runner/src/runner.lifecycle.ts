import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Config } from '@runbin/platform/config';
import { Permits } from './execution/permits';
import { Heartbeat } from './health/heartbeat';
import { SandboxCheck } from './health/sandbox.check';
import { brokenWalls } from './health/self.test';
import { Toolchains } from './languages/toolchains';
import { SANDBOX_ENGINE, type SandboxEngine } from './sandbox/sandbox';
import { WorkConsumer } from './work/work.consumer';

export const RUNNER_CONFIG = Symbol('RUNNER_CONFIG');

/** Brings the runner up in order (engine, walls, languages, work) and down in the reverse. */
@Injectable()
export class RunnerLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Runner');

  constructor(
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    @Inject(RUNNER_CONFIG) private readonly config: Config<'runner'>,
    private readonly parts: RunnerParts,
  ) {}

  /** @throws Error when a wall does not hold: a runner without its walls takes no work */
  async onApplicationBootstrap(): Promise<void> {
    const { permits, toolchains, heartbeat, check, work } = this.parts;
    await this.engine.start();
    const broken = await brokenWalls(this.engine, permits.total);
    if (broken.length > 0) throw new Error(`walls that do not hold:\n  ${broken.join('\n  ')}`);
    await toolchains.probe(permits.total);
    heartbeat.start();
    await check.check();
    work.start();
    this.logger.log(`takes work with ${permits.total} permits`);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.parts.heartbeat.setReason('stopping');
    await this.parts.work.stop(this.config.RUNNER_DRAIN_MS);
    await this.engine.stop();
  }
}

/** What the lifecycle starts and stops. */
@Injectable()
export class RunnerParts {
  constructor(
    readonly permits: Permits,
    readonly toolchains: Toolchains,
    readonly heartbeat: Heartbeat,
    readonly check: SandboxCheck,
    readonly work: WorkConsumer,
  ) {}
}
