import type { FastifyInstance } from 'fastify';
import { PROBLEM_CODES } from '@runbin/contracts/problem';
import type { GatewayMetrics } from './gateway.metrics';

const CODE = /"code":"(\w+)"/;

/** Counts what is answered 429 or 503, by the code of its problem, whoever refused it. */
export function countRefusals(fastify: FastifyInstance, metrics: GatewayMetrics): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if ((reply.statusCode === 429 || reply.statusCode === 503) && typeof payload === 'string') {
      const said = CODE.exec(payload)?.[1];
      const code = PROBLEM_CODES.find((known) => known === said);
      if (code !== undefined) metrics.refuse(code);
    }
    done();
  });
}
