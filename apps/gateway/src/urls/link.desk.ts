import { Injectable } from '@nestjs/common';
import { LinkCodeSchema } from '@runbin/contracts/ids';
import type { OutputLog, Result } from '@runbin/contracts/result';
import {
  resultReplay,
  submissionAuthorize,
  submissionGet,
  submissionSummary,
  urlCreate,
  urlResolve,
  urlRevoke,
} from '@runbin/contracts/rpc';
import type { Submission } from '@runbin/contracts/submission';
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

/** What a page of a link shows; `output_log` is null where nothing is known of the pieces of the output. */
export interface ShownLink extends GetSubmissionResponse {
  readonly link: Link;
  readonly output_log: OutputLog | null;
}

type Outcome = Pick<ShownLink, 'result' | 'result_problem' | 'output_log'>;

/** The url service may not have heard of it yet. */
const deleted = () => new Problem('link_gone', 'What this link showed was deleted.');

const notOfOwner = () => new Problem('link_not_found', 'There is no such link of this owner token.');

const isAbsent = (error: unknown) => error instanceof Problem && error.code === 'submission_not_found';

/** No link has it. */
const NO_CODE = '';

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
    const { submission, result, result_problem } = await this.opened(code, async (submissionId) => ({
      result: await this.results.now(submissionId),
      output_log: null,
    }));
    return { submission, result, result_problem };
  }

  /**
   * The same for a page, with the pieces of the output.
   * @throws Problem `link_not_found`, `link_gone`, `unavailable`
   */
  async show(code: string): Promise<ShownLink> {
    return this.shown(await this.resolve(code));
  }

  /**
   * A link that shows something now, whose submission is there: without what it shows.
   * @throws Problem `link_not_found`, `link_gone`, `unavailable`
   */
  async present(code: string): Promise<Link> {
    const link = await this.resolve(code);
    const summary = await this.rpc.call(submissionSummary, { submission_id: link.submission_id });
    if (!summary) throw deleted();
    return link;
  }

  /**
   * What a link shows.
   * @throws Problem `link_gone`, `unavailable`
   */
  shown(link: Link): Promise<ShownLink> {
    return this.openedAs(link, async (submission_id) => {
      const recorded = await this.rpc.call(resultReplay, { submission_id });
      return recorded ?? { result: await this.results.now(submission_id), output_log: null };
    });
  }

  /**
   * What was submitted, alone.
   * @throws Problem `link_not_found`, `link_gone`, `unavailable`
   */
  async submission(code: string): Promise<Submission> {
    const { submission_id } = await this.resolve(code);
    const submission = await this.rpc.call(submissionGet, { submission_id });
    if (!submission) throw deleted();
    return submission;
  }

  /**
   * What came out, alone.
   * @throws Problem `link_not_found`, `link_gone`, `result_gone`, `unavailable`
   */
  async result(code: string): Promise<Result> {
    const { submission_id } = await this.resolve(code);
    return this.results.now(submission_id).catch((error: unknown) => {
      throw isAbsent(error) ? deleted() : error;
    });
  }

  /** @throws Problem `link_not_found` (also for an owner of something else), `link_gone`, `unavailable` */
  async revoke(code: string, ownerTokenSha256: string): Promise<void> {
    const { submission_id } = await this.resolve(code);
    await this.rpc
      .call(submissionAuthorize, { submission_id, owner_token_sha256: ownerTokenSha256 })
      .catch((error: unknown) => {
        throw isAbsent(error) ? notOfOwner() : error;
      });
    await this.rpc.call(urlRevoke, { code });
  }

  private async opened(
    code: string,
    ask: (submissionId: string) => Promise<Pick<Outcome, 'result' | 'output_log'>>,
  ): Promise<ShownLink> {
    return this.openedAs(await this.resolve(code), ask);
  }

  private async openedAs(
    link: Link,
    ask: (submissionId: string) => Promise<Pick<Outcome, 'result' | 'output_log'>>,
  ): Promise<ShownLink> {
    const { submission_id } = link;
    const [submission, outcome] = await Promise.all([
      this.rpc.call(submissionGet, { submission_id }),
      outcomeOf(() => ask(submission_id)),
    ]);
    if (!submission) throw deleted();
    const language_version = outcome.result?.language_version ?? null;
    return { link, submission: { ...submission, language_version }, ...outcome };
  }

  /** What is no code is asked for, too: nobody learns from the time it takes, nor from the words, what a code is like. */
  private resolve(code: string): Promise<Link> {
    return this.rpc.call(urlResolve, { code: LinkCodeSchema.safeParse(code).success ? code : NO_CODE });
  }
}

/** A result that can not be reached must not take the code down with it. */
async function outcomeOf(ask: () => Promise<Pick<Outcome, 'result' | 'output_log'>>): Promise<Outcome> {
  try {
    return { ...(await ask()), result_problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { result: null, output_log: null, result_problem: { code: error.code, detail: error.detail } };
  }
}
