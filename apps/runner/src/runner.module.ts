import { type DynamicModule, Module } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { healthSubject } from '@runbin/contracts/rpc';
import { type Catalogue, loadCatalogue } from '@runbin/languages/catalogue';
import { MessagingModule } from '@runbin/messaging/messaging.module';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { Config } from '@runbin/platform/config';
import { natsOptions } from '@runbin/platform/nats.options';
import { HealthController, healthResponder, Readiness, READINESS_CHECKS } from '@runbin/platform/readiness';
import { RpcClient } from '@runbin/platform/rpc.client';
import { RpcTransport } from '@runbin/platform/rpc.transport';
import { ArtifactCache } from './execution/artifact.cache';
import { Permits } from './execution/permits';
import { RunExecutor } from './execution/run.executor';
import { Heartbeat } from './health/heartbeat';
import { SandboxCheck, WALL_PROBE_PATH } from './health/sandbox.check';
import { CATALOGUE, Toolchains, WANTED_LANGUAGES } from './languages/toolchains';
import { RunChannels } from './live/run.channel';
import { DRAIN_MS, RunnerLifecycle } from './runner.lifecycle';
import { BubblewrapEngine } from './sandbox/bubblewrap.engine';
import { DockerEngine } from './sandbox/docker.engine';
import { SANDBOX_ENGINE, type SandboxEngine } from './sandbox/sandbox';
import { SandboxPool } from './sandbox/sandbox.pool';
import { RUNNER_ID, RunEvents } from './work/run.events';
import { WorkConsumer } from './work/work.consumer';
import { WorkProcessor } from './work/work.processor';

const RPC_TIMEOUT_MS = 5_000;
/** Of the artifacts on disk, so much is held in memory too. */
const ARTIFACT_MEMORY_BYTES = 64 * 1024 * 1024;

/** What is kept ready holds so much, or where the runner may use little one in so many bytes of that, unless configured. */
const POOL_MEMORY_BYTES = 1024 ** 3;
const POOL_MEMORY_SHARE = 8;

@Module({})
export class RunnerModule {
  static for(config: Config<'runner'>): DynamicModule {
    return {
      module: RunnerModule,
      imports: [MessagingModule.forRoot(natsOptions(config, 'runner'))],
      controllers: [HealthController, healthResponder(healthSubject('runner'))],
      providers: [
        { provide: DRAIN_MS, useValue: config.RUNNER_DRAIN_MS },
        { provide: RUNNER_ID, useValue: `${hostname()}-${randomBytes(4).toString('hex')}` },
        { provide: CATALOGUE, useFactory: (): Catalogue => loadCatalogue(config.LANGUAGES_DIR) },
        { provide: WALL_PROBE_PATH, useValue: config.RUNNER_PROBE_PATH },
        { provide: WANTED_LANGUAGES, useValue: config.RUNNER_LANGUAGES },
        { provide: Permits, useFactory: () => new Permits(config.RUNNER_PERMITS || availableParallelism()) },
        {
          provide: SANDBOX_ENGINE,
          useFactory: () => engineFor(config),
        },
        { provide: RpcTransport, useFactory: () => new RpcTransport(natsOptions(config, 'runner')) },
        {
          provide: RpcClient,
          useFactory: (transport: RpcTransport) => new RpcClient(transport, RPC_TIMEOUT_MS),
          inject: [RpcTransport],
        },
        {
          provide: SandboxPool,
          useFactory: (engine: SandboxEngine, permits: Permits) =>
            new SandboxPool(engine, {
              maxPerShape: config.RUNNER_POOL_MAX,
              minPerShape: Math.min(config.RUNNER_POOL_MIN, config.RUNNER_POOL_MAX),
              memoryBytes: config.RUNNER_POOL_MEMORY_BYTES || poolMemoryBytes(),
              parallel: permits.total,
            }),
          inject: [SANDBOX_ENGINE, Permits],
        },
        {
          provide: ArtifactCache,
          useFactory: () =>
            new ArtifactCache({
              directory: config.RUNNER_CACHE_DIR,
              maxBytes: config.RUNNER_ARTIFACT_CACHE_BYTES,
              memoryBytes: Math.min(ARTIFACT_MEMORY_BYTES, config.RUNNER_ARTIFACT_CACHE_BYTES),
            }),
        },
        RunExecutor,
        Toolchains,
        Heartbeat,
        SandboxCheck,
        RunEvents,
        RunChannels,
        WorkProcessor,
        WorkConsumer,
        RunnerLifecycle,
        Readiness,
        {
          provide: READINESS_CHECKS,
          useFactory: (nats: NatsConnection, sandbox: SandboxCheck) => ({
            nats: () => nats.ping(),
            sandbox: () => sandbox.check(),
          }),
          inject: [NatsConnection, SandboxCheck],
        },
      ],
    };
  }
}

function poolMemoryBytes(): number {
  // The machine's memory, or what the container is limited to.
  const usable = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.min(POOL_MEMORY_BYTES, usable / POOL_MEMORY_SHARE);
}

function engineFor(config: Config<'runner'>): SandboxEngine {
  switch (config.RUNNER_ENGINE) {
    case 'bubblewrap':
      return new BubblewrapEngine({
        bwrapPath: config.RUNNER_BWRAP_PATH,
        supervisorPath: config.RUNNER_SUPERVISOR_PATH,
        launcherPath: config.RUNNER_LAUNCHER_PATH,
        launcherSocket: config.RUNNER_LAUNCHER_SOCKET,
        uidBase: config.RUNNER_UID_BASE,
        cgroupDir: config.RUNNER_CGROUP_DIR,
        runtimeDir: config.RUNNER_RUNTIME_DIR,
      });
    case 'docker':
      return new DockerEngine({
        host: config.RUNNER_DOCKER_HOST,
        imagePrefix: config.RUNNER_DOCKER_IMAGE_PREFIX,
        runtime: config.RUNNER_DOCKER_RUNTIME,
      });
  }
}
