import { Injectable, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { acceptedAt } from '@runbin/contracts/ids';
import type { ProblemCode } from '@runbin/contracts/problem';
import type { GetStatusResponse } from '@runbin/contracts/service.status';
import type { ResultReady } from '@runbin/contracts/work';
import { Budgets } from '../admission/budgets';
import { RunWatches } from '../live/run.watches';
import { StatusDesk } from '../status/status.desk';
import { ResultWaiters } from '../waiting/result.waiters';

/** From what a hello takes to the longest that a run may, behind a queue. */
const RUN_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** How exactly the delay of the event loop is known; finer wakes an idle process more often. */
const LOOP_PRECISION_MS = 50;

/**
 * What a Prometheus server is told. Counters count while things happen; everything else is looked up when somebody asks,
 * and the process itself is watched from the first time on.
 */
@Injectable()
export class GatewayMetrics implements OnModuleInit {
  private readonly registry = new Registry();
  private readonly runs = this.counter('runs_total', 'Runs whose result became known', [
    'status',
    'language',
  ]);
  private readonly runSeconds = new Histogram({
    name: 'runbin_run_seconds',
    help: 'From the acceptance of a submission to its known result',
    buckets: RUN_SECONDS,
    registers: [this.registry],
  });
  private readonly refused = this.counter('refused_requests_total', 'Requests answered 429 or 503', ['code']);
  private readonly up = this.gauge('service_up', 'Whether a part works, as /readyz says it', ['service']);
  private readonly unfinished = this.gauge('unfinished', 'Submissions without a final result', ['language']);
  private readonly oldest = this.gauge('unfinished_oldest_seconds', 'Age of the longest unfinished', [
    'language',
  ]);
  private readonly unfinishedMax = this.gauge('unfinished_max', 'Beyond it submitting is refused');
  private readonly ready = this.gauge('runner_ready', 'Whether a runner takes work', ['runner']);
  private readonly permits = this.gauge('runner_permits', 'Runs at one time', ['runner', 'state']);
  private readonly parked = this.gauge('pool_parked', 'Interpreters that wait', ['runner', 'language']);
  private readonly empty = this.gauge('pool_empty', 'Sandboxes that are kept ready', ['runner']);
  private readonly poolBytes = this.gauge('pool_bytes', 'Memory of all that waits', ['runner']);
  private readonly watchers = this.gauge('watchers', 'Requests that follow a run');
  private readonly watchedRuns = this.gauge('watched_runs', 'Runs that are followed here');
  private readonly waits = this.gauge('waiting_requests', 'Requests that wait for a result');
  private watchesProcess = false;

  constructor(
    private readonly waiters: ResultWaiters,
    private readonly status: StatusDesk,
    private readonly budgets: Budgets,
    private readonly watches: RunWatches,
  ) {}

  onModuleInit(): void {
    this.waiters.onAnnounced((ready) => this.note(ready));
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  refuse(code: ProblemCode): void {
    this.refused.inc({ code });
  }

  /** In the text format of Prometheus. */
  async read(): Promise<string> {
    if (!this.watchesProcess) {
      this.watchesProcess = true;
      collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });
    }
    this.look(await this.status.read());
    return await this.registry.metrics();
  }

  private note({ submission_id, run }: ResultReady): void {
    if (!run) return;
    this.runs.inc({ ...run });
    const accepted = acceptedAt(submission_id);
    if (accepted !== undefined) this.runSeconds.observe(Math.max(0, Date.now() - accepted) / 1000);
  }

  private look({ services, queue, runners }: GetStatusResponse): void {
    for (const { name, ok } of services) this.up.set({ service: name }, Number(ok));
    this.watchers.set(this.budgets.watches.inUse);
    this.watchedRuns.set(this.watches.size);
    this.waits.set(this.budgets.waits.inUse);
    this.lookAtQueue(queue);
    // Runners come and go.
    for (const gauge of [this.ready, this.permits, this.parked, this.empty, this.poolBytes]) gauge.reset();
    for (const { name: runner, ready, permits, pool } of runners) {
      this.ready.set({ runner }, Number(ready));
      this.permits.set({ runner, state: 'free' }, permits.free);
      this.permits.set({ runner, state: 'used' }, permits.total - permits.free);
      if (!pool) continue;
      for (const [language, count] of Object.entries(pool.parked))
        this.parked.set({ runner, language }, count);
      this.empty.set({ runner }, pool.empty);
      this.poolBytes.set({ runner }, pool.memory_bytes);
    }
  }

  /** Of a queue that nobody can tell of there are no figures, rather than old ones. */
  private lookAtQueue(queue: GetStatusResponse['queue']): void {
    this.unfinished.reset();
    this.oldest.reset();
    this.unfinishedMax.remove();
    if (!queue) return;
    this.unfinishedMax.set(queue.unfinished_max);
    for (const { language, unfinished, oldest_at } of queue.languages) {
      this.unfinished.set({ language }, unfinished);
      this.oldest.set({ language }, Math.max(0, Date.now() - Date.parse(oldest_at)) / 1000);
    }
  }

  private counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name: `runbin_${name}`, help, labelNames, registers: [this.registry] });
  }

  private gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
  ): Gauge<Label> {
    return new Gauge({ name: `runbin_${name}`, help, labelNames, registers: [this.registry] });
  }
}
