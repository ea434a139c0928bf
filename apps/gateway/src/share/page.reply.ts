import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { retryAfterOf } from '../errors/problem.reply';
import { sendCompressed } from '../http/compressed';
import { PROBLEM_CSP } from './page.policies';
import { problemPage } from './problem.page';

const HTML = { 'content-type': 'text/html; charset=utf-8', 'x-robots-tag': 'noindex' };

export interface Page {
  readonly html: string | Buffer;
  /** Its headers, policy and all. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers with a page, or with one that says why there is none.
 * @param always headers of both
 */
export async function replyWithPage(
  request: FastifyRequest,
  reply: FastifyReply,
  make: () => Promise<Page>,
  always: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [status, { html, headers }] = await pageOrProblem(make);
  void reply.status(status).headers({ ...HTML, ...headers, ...always });
  await sendCompressed(request, reply, html);
}

async function pageOrProblem(make: () => Promise<Page>): Promise<[number, Page]> {
  try {
    return [200, await make()];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const retryAfter: Record<string, string> =
      error.status === 503 ? { 'retry-after': retryAfterOf(error.code) } : {};
    return [
      error.status,
      { html: problemPage(error), headers: { 'content-security-policy': PROBLEM_CSP, ...retryAfter } },
    ];
  }
}
