import { Injectable } from '@nestjs/common';
import { type ClientProxy, NatsRecordBuilder } from '@nestjs/microservices';
import { firstValueFrom, timeout, TimeoutError } from 'rxjs';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { Rpc } from '@runbin/contracts/rpc';
import { isWireProblem, Problem } from './problem';
import { timeoutHeaders } from './request.deadline';
import { NobodyListens } from './rpc.transport';

/** A service that is starting, or renewing its lease, is asked again after these, as long as there is time: longer than a start takes. */
const ASK_AGAIN_MS = [5, 10, 20, 50, 100, 200, 400, 400, 400, 400, 400];

/** Calls an operation of another service over NATS and answers its reply, or throws a Problem. */
@Injectable()
export class RpcClient {
  constructor(
    private readonly client: Pick<ClientProxy, 'send'>,
    private readonly timeoutMs: number,
  ) {}

  /**
   * @throws Problem `unavailable` when nobody answers in time; else whatever Problem the service threw.
   */
  async call<Request extends z.ZodType, Reply extends z.ZodType>(
    operation: Rpc<Request, Reply>,
    request: z.input<Request>,
    timeoutMs = this.timeoutMs,
  ): Promise<z.infer<Reply>> {
    const app = operation.subject.split('.')[0];
    try {
      // Nest answers undefined for null; the contracts say null.
      const reply = await this.ask(operation.subject, request, timeoutMs);
      return (reply ?? null) as z.infer<Reply>;
    } catch (error) {
      if (isWireProblem(error)) throw new Problem(error.problem, error.detail);
      const reason =
        error instanceof TimeoutError ? `did not answer within ${timeoutMs} ms` : 'is not reachable';
      throw new Problem('unavailable', `The ${app} service ${reason}; try again.`, undefined, {
        cause: error,
      });
    }
  }

  /** What nobody heard was not taken, and can be asked again. */
  private async ask(subject: string, request: unknown, timeoutMs: number): Promise<unknown> {
    const once = () => {
      const record = new NatsRecordBuilder(request).setHeaders(timeoutHeaders(timeoutMs)).build();
      return firstValueFrom(this.client.send<unknown>(subject, record).pipe(timeout(timeoutMs)), {
        defaultValue: null,
      });
    };
    const giveUpAt = performance.now() + timeoutMs;
    for (const pauseMs of ASK_AGAIN_MS) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof NobodyListens) || performance.now() + pauseMs > giveUpAt) throw error;
        await delay(pauseMs);
      }
    }
    return once();
  }
}
