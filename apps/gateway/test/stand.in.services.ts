import { type INestMicroservice, Module, type Type } from '@nestjs/common';
import { Controller, Inject } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { z } from 'zod';
import { NOTHING_RAN, type OutputLog, type Replay, type Result } from '@runbin/contracts/result';
import {
  type HealthReply,
  resultGet,
  resultReplay,
  submissionAuthorize,
  submissionCreate,
  submissionGet,
  submissionQueue,
  submissionSummary,
  urlCreate,
  urlResolve,
  urlRevoke,
} from '@runbin/contracts/rpc';
import { resultReadySubject, RUNNER_HEARTBEAT } from '@runbin/contracts/subjects';
import type { Submission } from '@runbin/contracts/submission';
import type { Link } from '@runbin/contracts/url';
import type { ResultReady, RunnerHeartbeat, RunnerHeartbeatSchema } from '@runbin/contracts/work';
import { Problem } from '@runbin/platform/problem';
import { RpcProblemFilter } from '@runbin/platform/rpc.filter';
import { ContractPipe } from '@runbin/platform/rpc.pipe';
import { StandInRun } from './stand.in.run';

type Created = z.infer<typeof submissionCreate.request>;

/** What the services behind the gateway hold, in memory, and how often they were asked. */
export class Backend {
  readonly created = new Map<string, Created & { created_at: string }>();
  readonly results = new Map<string, Result>();
  readonly logs = new Map<string, OutputLog>();
  readonly deleted = new Set<string>();
  /** Whose final result the submission service has heard of. */
  readonly finished = new Set<string>();
  readonly links = new Map<string, Link>();
  /** Codes of links that show nothing any more. */
  readonly revoked = new Set<string>();
  readonly asked: string[] = [];
  readonly keys = new Map<
    string,
    { request_sha256: string; replay: z.infer<typeof submissionCreate.reply> }
  >();
  queue: z.infer<typeof submissionQueue.reply> = { unfinished: 0, unfinished_max: 10_000, languages: [] };
  /** What the submission service says of its health instead, while it is set. */
  health: HealthReply | undefined;
  /** What submission.create answers instead, while it is set. */
  refusal: Problem | undefined;
  /** Whether the result service announces the whole of what it stores, as it does of what is small. */
  announcesWhole = false;
  /** Happens once, just before the next submission is said to be accepted. */
  beforeAccepted: ((submissionId: string) => Promise<void>) | undefined;
  /** Happens once, just before the next summary is given. */
  beforeSummary: (() => Promise<void>) | undefined;

  timesAsked(subject: string): number {
    return this.asked.filter((candidate) => candidate === subject).length;
  }
}

const HEALTHY: HealthReply = { ok: true, checks: { postgres: 'ok' } };

@Controller()
class SubmissionStandIn {
  constructor(@Inject(Backend) private readonly backend: Backend) {}

  @MessagePattern(submissionCreate.subject)
  async create(@Payload(new ContractPipe(submissionCreate.request)) request: Created) {
    this.backend.asked.push(submissionCreate.subject);
    if (this.backend.refusal) throw this.backend.refusal;
    const { submission_id, idempotency } = request;
    const known = idempotency && this.backend.keys.get(idempotency.key_sha256);
    if (known && known.request_sha256 !== idempotency.request_sha256)
      throw new Problem('idempotency_key_reused', 'This Idempotency-Key was sent with another body before.');
    if (known) return known.replay;
    const created_at = new Date().toISOString();
    this.backend.created.set(submission_id, { ...request, created_at });
    if (idempotency) {
      const { key_sha256, request_sha256, owner_token_salt } = idempotency;
      const replay = { submission_id, created_at, replayed: { owner_token_salt } };
      this.backend.keys.set(key_sha256, { request_sha256, replay });
    }
    const { beforeAccepted } = this.backend;
    this.backend.beforeAccepted = undefined;
    await beforeAccepted?.(submission_id);
    return { submission_id, created_at };
  }

  @MessagePattern(submissionGet.subject)
  get(
    @Payload(new ContractPipe(submissionGet.request)) { submission_id }: { submission_id: string },
  ): Submission | null {
    const stored = this.backend.created.get(submission_id);
    if (!stored || this.backend.deleted.has(submission_id)) return null;
    const { payload, created_at, language, args, compiler_args, limits } = stored;
    return {
      submission_id,
      language,
      language_version: null,
      code: payload.files[0]?.content ?? '',
      code_encoding: payload.files[0]?.encoding ?? 'utf-8',
      code_input: payload.stdin.content,
      code_input_encoding: payload.stdin.encoding,
      files: payload.files,
      args,
      compiler_args,
      limits,
      created_at,
    };
  }

  @MessagePattern(submissionSummary.subject)
  async summary(
    @Payload(new ContractPipe(submissionSummary.request)) { submission_id }: { submission_id: string },
  ) {
    this.backend.asked.push(submissionSummary.subject);
    const { beforeSummary } = this.backend;
    this.backend.beforeSummary = undefined;
    await beforeSummary?.();
    const stored = this.backend.created.get(submission_id);
    if (!stored || this.backend.deleted.has(submission_id)) return null;
    const { language, created_at } = stored;
    return { submission_id, language, created_at, finished: this.backend.finished.has(submission_id) };
  }

  @MessagePattern(submissionAuthorize.subject)
  authorize(
    @Payload(new ContractPipe(submissionAuthorize.request))
    { submission_id, owner_token_sha256 }: z.infer<typeof submissionAuthorize.request>,
  ) {
    const stored = this.backend.created.get(submission_id);
    if (stored?.owner_token_sha256 !== owner_token_sha256)
      throw new Problem('submission_not_found', 'There is no such submission of this owner token.');
    return {};
  }

  @MessagePattern(submissionQueue.subject)
  queue() {
    this.backend.asked.push(submissionQueue.subject);
    return this.backend.queue;
  }

  @MessagePattern('health.submission')
  health(): HealthReply {
    return this.backend.health ?? HEALTHY;
  }
}

@Controller()
class ResultStandIn {
  constructor(@Inject(Backend) private readonly backend: Backend) {}

  @MessagePattern(resultGet.subject)
  get(
    @Payload(new ContractPipe(resultGet.request)) { submission_id }: { submission_id: string },
  ): Result | null {
    this.backend.asked.push(resultGet.subject);
    return this.backend.results.get(submission_id) ?? null;
  }

  @MessagePattern(resultReplay.subject)
  replay(@Payload(new ContractPipe(resultReplay.request)) { submission_id }: { submission_id: string }) {
    this.backend.asked.push(resultReplay.subject);
    const result = this.backend.results.get(submission_id);
    return result ? { result, output_log: this.backend.logs.get(submission_id) ?? null } : null;
  }

  @MessagePattern('health.result')
  health(): HealthReply {
    return HEALTHY;
  }
}

@Controller()
class UrlStandIn {
  constructor(@Inject(Backend) private readonly backend: Backend) {}

  @MessagePattern(urlCreate.subject)
  create(
    @Payload(new ContractPipe(urlCreate.request))
    { submission_id, expires_in_seconds }: z.infer<typeof urlCreate.request>,
  ) {
    const code = `link${submission_id.slice(-8)}`;
    const known = this.backend.links.get(code);
    if (known) return { link: known, created: false };
    const now = Date.now();
    const expires_at =
      expires_in_seconds === null ? null : new Date(now + expires_in_seconds * 1000).toISOString();
    const link = { code, submission_id, created_at: new Date(now).toISOString(), expires_at };
    this.backend.links.set(code, link);
    return { link, created: true };
  }

  @MessagePattern(urlResolve.subject)
  resolve(@Payload(new ContractPipe(urlResolve.request)) { code }: { code: string }): Link {
    const link = this.backend.links.get(code);
    if (!link) throw new Problem('link_not_found', 'There is no such link.');
    if (this.backend.revoked.has(code)) throw new Problem('link_gone', 'This link was revoked.');
    if (link.expires_at !== null && link.expires_at < new Date().toISOString()) {
      throw new Problem('link_gone', 'The link has expired.');
    }
    return link;
  }

  @MessagePattern(urlRevoke.subject)
  revoke(@Payload(new ContractPipe(urlRevoke.request)) { code }: { code: string }) {
    this.backend.revoked.add(code);
    return {};
  }

  @MessagePattern('health.url')
  health(): HealthReply {
    return HEALTHY;
  }
}

const CONTROLLERS = { submission: SubmissionStandIn, result: ResultStandIn, url: UrlStandIn } as const;
export type ServiceName = keyof typeof CONTROLLERS;

/** The services behind the gateway as it sees them: real Nest microservices on a real broker, without databases. */
export class StandInServices {
  readonly backend = new Backend();
  private readonly running = new Map<ServiceName, INestMicroservice>();

  private constructor(
    private readonly natsUrl: string,
    private readonly events: NatsConnection,
  ) {}

  static async start(natsUrl: string): Promise<StandInServices> {
    const services = new StandInServices(
      natsUrl,
      await connect({ servers: natsUrl, maxReconnectAttempts: -1, reconnectTimeWait: 50 }),
    );
    await Promise.all((Object.keys(CONTROLLERS) as ServiceName[]).map((name) => services.start(name)));
    return services;
  }

  async start(name: ServiceName): Promise<void> {
    const service = await NestFactory.createMicroservice<MicroserviceOptions>(
      moduleOf(CONTROLLERS[name], this.backend),
      {
        transport: Transport.NATS,
        options: { servers: this.natsUrl, queue: name, maxReconnectAttempts: -1, reconnectTimeWait: 50 },
        logger: ['fatal'],
      },
    );
    service.useGlobalFilters(new RpcProblemFilter());
    await service.listen();
    // Listening has only sent the subscriptions; from here on the broker has them.
    await service.unwrap<NatsConnection>().flush();
    this.running.set(name, service);
  }

  async stop(name: ServiceName): Promise<void> {
    await this.running.get(name)?.close();
    this.running.delete(name);
  }

  /** Stores a result as the result service would, and announces it unless told not to. */
  async finish(
    submissionId: string,
    outcome: Partial<Result> = {},
    { announce = true, picked_at = new Date().toISOString() } = {},
  ): Promise<void> {
    const created = this.backend.created.get(submissionId);
    if (!created) throw new Error(`nobody created ${submissionId}`);
    const now = new Date().toISOString();
    const result: Result = {
      submission_id: submissionId,
      status: 'succeeded',
      message: 'The program ended with exit code 0.',
      ...NOTHING_RAN,
      exit_code: 0,
      stdout: 'hello\n',
      usage: { cpu_time_ms: 4, wall_time_ms: 5, memory_peak_bytes: 4096 },
      attempt: 1,
      timeline: {
        queued_at: created.created_at,
        picked_at,
        sandbox_ready_at: now,
        compiled_at: null,
        started_at: now,
        finished_at: now,
      },
      language: created.language,
      language_version: '3.11.2',
      ...outcome,
    };
    this.backend.results.set(submissionId, result);
    if (announce) {
      const { status, language } = result;
      const ready: ResultReady =
        status === 'queued' || status === 'running'
          ? { submission_id: submissionId, final: false }
          : {
              submission_id: submissionId,
              final: true,
              run: { status, language },
              ...(this.backend.announcesWhole ? { replay: this.replayOf(result) } : {}),
            };
      this.events.publish(resultReadySubject(submissionId), JSON.stringify(ready));
      await this.events.flush();
    }
  }

  private replayOf(result: Result): Replay {
    return { result, output_log: this.backend.logs.get(result.submission_id) ?? null };
  }

  /** Resolves once the broker hears what is published here. */
  async reconnected(): Promise<void> {
    await this.events.flush();
  }

  /** A runner takes the submission on. */
  async run(submissionId: string, attempt = 1): Promise<StandInRun> {
    const run = new StandInRun(this.events, submissionId, attempt);
    await this.events.flush();
    return run;
  }

  /** The end of a run: said, stored and announced. */
  async finishRun(run: StandInRun, outcome: Partial<Result> = {}): Promise<void> {
    run.end();
    const { result, log } = run.outcome();
    this.backend.logs.set(run.submission_id, log);
    await this.finish(run.submission_id, { ...result, ...outcome }, { picked_at: run.picked_at });
    await run.leave();
  }

  /** The submission is deleted, with its result, which is announced. */
  async forget(submissionId: string): Promise<void> {
    this.backend.deleted.add(submissionId);
    this.backend.results.delete(submissionId);
    this.events.publish(
      resultReadySubject(submissionId),
      JSON.stringify({ submission_id: submissionId, final: true }),
    );
    await this.events.flush();
  }

  async heartbeat(
    runner: Partial<Omit<RunnerHeartbeat, 'pool'>> & { pool?: RunnerHeartbeat['pool'] | undefined } = {},
  ): Promise<void> {
    const heartbeat: z.input<typeof RunnerHeartbeatSchema> = {
      runner_id: 'runner-1',
      ready: true,
      reason: null,
      engine: 'bubblewrap',
      degraded: [],
      permits: { total: 2, free: 2 },
      languages: [{ id: 'python', version: '3.11.2' }],
      pool: { parked: { python: 1 }, empty: 0, memory_bytes: 16_777_216 },
      ...runner,
    };
    this.events.publish(RUNNER_HEARTBEAT, JSON.stringify(heartbeat));
    await this.events.flush();
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.keys()].map((name) => this.stop(name)));
    await this.events.close();
  }
}

function moduleOf(controller: Type, backend: Backend): Type {
  @Module({ controllers: [controller], providers: [{ provide: Backend, useValue: backend }] })
  class StandInModule {}
  return StandInModule;
}
