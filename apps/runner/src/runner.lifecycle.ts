import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { shapesOf } from './execution/shapes';
import { Heartbeat } from './health/heartbeat';
import { SandboxCheck } from './health/sandbox.check';
import { Toolchains } from './languages/toolchains';
import { SANDBOX_ENGINE, type SandboxEngine } from './sandbox/sandbox';
import { SandboxPool } from './sandbox/sandbox.pool';
import { WorkConsumer } from './work/work.consumer';

/** Time that runs get to end after SIGTERM, in milliseconds. */
export const DRAIN_MS = Symbol('DRAIN_MS');

/** Brings the runner up in order (engine, walls, languages, work) and down in the reverse. */
@Injectable()
export class RunnerLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Runner');

  constructor(
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    private readonly pool: SandboxPool,
    private readonly check: SandboxCheck,
    private readonly toolchains: Toolchains,
    private readonly heartbeat: Heartbeat,
    private readonly work: WorkConsumer,
    @Inject(DRAIN_MS) private readonly drainMs: number,
  ) {}

  /** @throws Error when a wall does not hold: a runner without its walls takes no work */
  async onApplicationBootstrap(): Promise<void> {
    await this.engine.start();
    await this.check.assertWalls();
    await this.toolchains.probe();
    this.pool.start(this.toolchains.all().flatMap(({ language }) => shapesOf(language)));
    this.heartbeat.start();
    await this.check.check();
    this.work.start();
    this.logger.log('takes work');
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.heartbeat.setReason('stopping');
    await this.work.stop(this.drainMs);
    await this.pool.stop();
    await this.engine.stop();
  }
}
