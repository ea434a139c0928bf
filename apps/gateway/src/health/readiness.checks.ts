import { z } from 'zod';
import { HealthReplySchema, healthSubject } from '@runbin/contracts/rpc';
import type { NatsConnection } from '@runbin/messaging/nats.connection';
import type { ReadinessCheck } from '@runbin/platform/readiness';
import type { RpcClient } from '@runbin/platform/rpc.client';
import type { RunnerRoster } from '../languages/runner.roster';

const SERVICES = ['submission', 'result', 'url'] as const;
const SERVICE_TIMEOUT_MS = 2_000;

/** Everything that a submission meets on its way, asked for real. */
export function readinessChecks(
  nats: NatsConnection,
  rpc: RpcClient,
  roster: RunnerRoster,
): Record<string, ReadinessCheck> {
  return {
    nats: () => nats.ping(),
    ...Object.fromEntries(SERVICES.map((app) => [app, () => askService(rpc, app)])),
    runner: () => {
      const live = roster.live();
      if (live.some(({ ready }) => ready)) return Promise.resolve();
      const reasons = live.map(({ runner_id, reason }) => `${runner_id}: ${reason ?? 'not ready'}`);
      return Promise.reject(new Error(reasons.join('; ') || 'no runner is alive'));
    },
  };
}

async function askService(rpc: RpcClient, app: string): Promise<void> {
  const operation = { subject: healthSubject(app), request: z.object({}), reply: HealthReplySchema };
  const { ok, checks } = await rpc.call(operation, {}, SERVICE_TIMEOUT_MS).catch((error: unknown) => {
    throw new Error(`${app} does not answer`, { cause: error });
  });
  if (ok) return;
  const wrong = Object.entries(checks).filter(([, outcome]) => outcome !== 'ok');
  throw new Error(wrong.map(([name, outcome]) => `${name}: ${outcome}`).join('; ') || 'not ready');
}
