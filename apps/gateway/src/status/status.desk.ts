import { Injectable } from '@nestjs/common';
import { submissionQueue } from '@runbin/contracts/rpc';
import {
  type GetStatusResponse,
  type RunnerStatus,
  SERVICE_NAMES,
  type ServiceName,
} from '@runbin/contracts/service.status';
import { publicMode } from '@runbin/contracts/weaker.modes';
import type { RunnerHeartbeat } from '@runbin/contracts/work';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import { GatewayReadiness } from '../health/gateway.readiness';
import { RunnerRoster } from '../languages/runner.roster';
import { RunHistory } from './run.history';

/** An answer this young is given again: however many look, one is made a second. */
const FRESH_MS = 1_000;
const QUEUE_TIMEOUT_MS = 2_000;

/** Tells anybody how the installation is doing, in words that say nothing of the machines that it is on. */
@Injectable()
export class StatusDesk {
  private last: { at: number; answer: Promise<GetStatusResponse> } | undefined;

  constructor(
    private readonly readiness: GatewayReadiness,
    private readonly roster: RunnerRoster,
    private readonly rpc: RpcClient,
    private readonly history: RunHistory,
  ) {}

  read(): Promise<GetStatusResponse> {
    const now = performance.now();
    if (!this.last || now - this.last.at > FRESH_MS) this.last = { at: now, answer: this.ask() };
    return this.last.answer;
  }

  /** null: nobody can tell. */
  private async queue(): Promise<GetStatusResponse['queue']> {
    try {
      return await this.rpc.call(submissionQueue, {}, QUEUE_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof Problem) return null;
      throw error;
    }
  }

  private async ask(): Promise<GetStatusResponse> {
    const [{ status, checks, degraded }, queue] = await Promise.all([this.readiness.check(), this.queue()]);
    return {
      at: new Date().toISOString(),
      status,
      services: SERVICE_NAMES.map((name) => ({ name, ...stateOf(name, checks) })),
      degraded: degraded.map(publicMode),
      runners: this.roster.live().map(runnerStatus).sort(byName),
      queue,
      traffic: this.history.read(),
    };
  }
}

const byName = (one: RunnerStatus, other: RunnerStatus) => (one.name < other.name ? -1 : 1);

/** What a check says may name addresses: only what is known here is passed on. */
function stateOf(name: ServiceName, checks: Record<string, string>): { ok: boolean; message: string } {
  const outcome = name === 'gateway' ? 'ok' : (checks[name] ?? 'not asked');
  if (outcome === 'ok') return { ok: true, message: 'ok' };
  if (name === 'nats') return { ok: false, message: 'can not be reached' };
  if (name === 'runner') return { ok: false, message: 'no runner takes work' };
  if (outcome.includes('does not answer')) return { ok: false, message: 'does not answer' };
  const broken = ['database', 'nats'].filter((part) => outcome.includes(`${part}: `));
  return { ok: false, message: ['is not ready', ...broken].join(', ').replace(', ', ': ') };
}

function runnerStatus(heartbeat: RunnerHeartbeat): RunnerStatus {
  const { runner_id, ready, reason, engine, degraded, permits, languages, pool } = heartbeat;
  return {
    // The rest of it names the machine.
    name: runner_id.split('-').at(-1) ?? runner_id,
    ready,
    reason: ready
      ? null
      : (['starting', 'stopping'].find((known) => known === reason) ?? 'can not make sandboxes'),
    ...{ engine, permits, languages, pool },
    degraded: degraded.map(publicMode),
  };
}
