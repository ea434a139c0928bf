import { Controller, Get, Inject, Injectable, Res } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { HealthReply } from '@runbin/contracts/rpc';
import { RpcController } from './rpc.controller';

/** Does the real thing once (a query, a round trip, a sandbox) and throws an Error that says what is wrong. */
export type ReadinessCheck = () => Promise<void>;

export const READINESS_CHECKS = Symbol('READINESS_CHECKS');

/** A check that takes longer than this counts as failed. */
const CHECK_TIMEOUT_MS = 5_000;

/** Runs an app's checks; several askers at one time share one round. */
@Injectable()
export class Readiness {
  private running: Promise<HealthReply> | undefined;
  private stopping = false;

  constructor(@Inject(READINESS_CHECKS) private readonly checks: Record<string, ReadinessCheck>) {}

  /** From now on not ready, whatever the checks say: the process is about to end. */
  stop(): void {
    this.stopping = true;
  }

  check(): Promise<HealthReply> {
    this.running ??= this.runAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async runAll(): Promise<HealthReply> {
    if (this.stopping) return { ok: false, checks: { process: 'is stopping' } };
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    return { ok: results.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(results) };
  }
}

async function outcomeOf(check: ReadinessCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The reply of Fastify as far as it is used here. */
interface Reply {
  status(code: number): Reply;
  send(body: unknown): void;
}

/** `/healthz` only answers; `/readyz` does the real thing. For services whose only HTTP this is. */
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  alive() {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(@Res() reply: Reply): Promise<void> {
    const health = await this.readiness.check();
    reply.status(health.ok ? 200 : 503).send(health);
  }
}

/** The controller that answers `health.<app>` over NATS, for the gateway's `/readyz`. */
export function healthResponder(subject: string) {
  @RpcController()
  class HealthResponder {
    constructor(private readonly readiness: Readiness) {}

    @MessagePattern(subject)
    check(): Promise<HealthReply> {
      return this.readiness.check();
    }
  }
  return HealthResponder;
}
