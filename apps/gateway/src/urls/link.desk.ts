import { Injectable } from '@nestjs/common';
import { LinkCodeSchema } from '@runbin/contracts/ids';
import type { OutputLog, Result, SharedResult } from '@runbin/contracts/result';
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
import { type HeldLink, OpenLinks } from './open.links';
import { PublicUrl } from './public.url';

/**
 * What a page of a link is made of; `output_log` is null where nothing is known of the pieces of the output. The ids in it
 * are for use in here: whoever reads the page is told the code only (ADR 0034).
 */
export interface ShownLink extends Pick<GetSubmissionResponse, 'result_problem'> {
  readonly link: Link;
  readonly submission: Submission;
  readonly result: Result | null;
  readonly output_log: OutputLog | null;
}

type Outcome = Pick<ShownLink, 'result' | 'result_problem' | 'output_log'>;

/** The url service may not have heard of it yet. */
const deleted = () => new Problem('link_gone', 'What this link showed was deleted.');

const notOfOwner = () => new Problem('link_not_found', 'There is no such link of this owner token.');

const isAbsent = (error: unknown) => error instanceof Problem && error.code === 'submission_not_found';

/** The id of what is deleted is no more to be told than that of what is there. */
export function unlessDeleted(error: unknown): never {
  throw isAbsent(error) ? deleted() : error;
}

/** No link has it. */
const NO_CODE = '';

/** Makes links and opens them. */
@Injectable()
export class LinkDesk {
  constructor(
    private readonly rpc: RpcClient,
    private readonly results: ResultDesk,
    private readonly publicUrl: PublicUrl,
    private readonly openLinks: OpenLinks,
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
    return {
      submission: withoutId(submission),
      result: result && withoutId(result),
      result_problem,
    };
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
    return this.results.now(submission_id).catch(unlessDeleted);
  }

  /**
   * The same for those who know the link only, when it is final or the time is over.
   * @throws Problem `link_not_found`, `link_gone` (also when it ends meanwhile), `result_gone`, `unavailable`
   */
  async awaitResult(code: string, waitMs: number, gone: AbortSignal): Promise<SharedResult> {
    using link = await this.hold(code);
    const signal = AbortSignal.any([gone, link.ended]);
    const result = await this.results.get(link.submissionId, waitMs, signal).catch(unlessDeleted);
    if (waitMs > 0) await this.resolve(code);
    return withoutId(result);
  }

  /**
   * The link for as long as something is read by it.
   * @throws Problem `link_not_found`, `link_gone`, `unavailable`
   */
  async hold(code: string): Promise<HeldLink> {
    return this.openLinks.hold(await this.resolve(code));
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
    this.openLinks.end(code);
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

function withoutId<Named extends { submission_id: string }>({ submission_id: _id, ...rest }: Named) {
  return rest;
}

/** A result that can not be reached must not take the code down with it. */
async function outcomeOf(ask: () => Promise<Pick<Outcome, 'result' | 'output_log'>>): Promise<Outcome> {
  try {
    return { ...(await ask()), result_problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (isAbsent(error)) throw deleted();
    return { result: null, output_log: null, result_problem: { code: error.code, detail: error.detail } };
  }
}
