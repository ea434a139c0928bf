import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { methodsAt } from '../http/known.paths';
import { toProblem } from './problem.mapping';
import { type ProblemExtras, sendProblem } from './problem.reply';

/** The one place where an error becomes an answer. Only our own faults are logged. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    const [problem, extras] = this.answerTo(error, request);
    sendProblem(request, reply, problem, extras);
  }

  private answerTo(error: unknown, request: FastifyRequest): [Problem, ProblemExtras] {
    const problem = toProblem(error);
    if (problem.code === 'not_found') {
      const allow = methodsAt(request.raw.url ?? '');
      if (allow.length > 0 && !allow.includes(request.method)) {
        return [new Problem('method_not_allowed', `This address takes ${allow.join(', ')}.`), { allow }];
      }
    }
    if (problem.status < 500) return [problem, {}];
    if (problem.code !== 'internal') {
      // A stopped service is the readiness check's to report; here it would be a line per request.
      this.logger.debug(problem.detail);
      return [problem, {}];
    }
    const instance = `urn:uuid:${randomUUID()}`;
    const { cause } = problem;
    this.logger.error(
      `${instance} ${cause instanceof Error ? (cause.stack ?? cause.message) : problem.detail}`,
    );
    return [problem, { instance }];
  }
}
