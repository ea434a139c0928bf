import { Injectable } from '@nestjs/common';
import { LinkCodeSchema } from '@runbin/contracts/ids';
import {
  submissionAuthorize,
  submissionGet,
  submissionSummary,
  urlCreate,
  urlResolve,
  urlRevoke,
} from '@runbin/contracts/rpc';
import type {
  GenerateUrlRequest,
  GenerateUrlResponse,
  GetSubmissionResponse,
  Link,
} from '@runbin/contracts/url';
import { Problem } from '@runbin/platform/problem';
import { RpcClient } from '@runbin/platform/rpc.client';
import { ResultDesk } from '../submissions/result.desk';
import { PublicUrl } from './public.url';

/** Makes links and opens them. */
@Injectable()
export class LinkDesk {
  constructor(
    private readonly rpc: RpcClient,
    private readonly results: ResultDesk,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** @throws Problem `submission_not_found`, `unavailable` */
  async make(
    submissionId: string,
    options: GenerateUrlRequest,
  ): Promise<{ response: GenerateUrlResponse; created: boolean }> {
    const submission = await this.rpc.call(submissionSummary, { submission_id: submissionId });
    if (!submission) throw new Problem('submission_not_found', `There is no submission ${submissionId}.`);
    const { link, created } = await this.rpc.call(urlCreate, { submission_id: submissionId, ...options });
    return { response: { unique_url: this.publicUrl.ofLink(link.code), ...link }, created };
  }

  /** @throws Problem `link_not_found`, `link_gone`, `unavailable` */
  async open(code: string): Promise<GetSubmissionResponse> {
    const { submission_id } = await this.resolve(code);
    const [submission, { result, result_problem }] = await Promise.all([
      this.rpc.call(submissionGet, { submission_id }),
      this.resultOf(submission_id),
    ]);
    if (!submission) throw new Problem('link_gone', 'What this link showed was deleted.');
    return {
      submission: { ...submission, language_version: result?.language_version ?? null },
      result,
      result_problem,
    };
  }

  /** @throws Problem `link_not_found`, `link_gone`, `not_owner`, `unavailable` */
  async revoke(code: string, ownerTokenSha256: string): Promise<void> {
    const { submission_id } = await this.resolve(code);
    await this.rpc.call(submissionAuthorize, { submission_id, owner_token_sha256: ownerTokenSha256 });
    await this.rpc.call(urlRevoke, { code });
  }

  private async resolve(code: string): Promise<Link> {
    // A code that could never have been given out is not worth a question.
    if (!LinkCodeSchema.safeParse(code).success)
      throw new Problem('link_not_found', 'There is no such link.');
    return this.rpc.call(urlResolve, { code });
  }

  /** A result that can not be reached must not take the code down with it. */
  private async resultOf(
    submissionId: string,
  ): Promise<Pick<GetSubmissionResponse, 'result' | 'result_problem'>> {
    try {
      return { result: await this.results.now(submissionId), result_problem: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { result: null, result_problem: { code: error.code, detail: error.detail } };
    }
  }
}
