import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { type Limits, type RequestedLimits, resolveLimits } from '@runbin/contracts/limits';
import type { submissionCreate } from '@runbin/contracts/rpc';
import type { SubmitCodeRequest } from '@runbin/contracts/submission';
import type { Payload } from '@runbin/contracts/work';
import type { Language } from '@runbin/languages/language';
import { Problem } from '@runbin/platform/problem';

const OWNER_TOKEN_BYTES = 32;

export type CreateSubmission = z.input<typeof submissionCreate.request>;

export const randomOwnerToken = () => randomBytes(OWNER_TOKEN_BYTES).toString('base64url');

/** What the submission service is asked to store, and the token that only the submitter gets to know. */
export function createCommand(
  request: SubmitCodeRequest,
  language: Language,
  caps: Limits,
  ownerToken = randomOwnerToken(),
): { command: CreateSubmission; ownerToken: string } {
  const command = {
    submission_id: uuidv7(),
    language: language.id,
    payload: payloadOf(request, language),
    args: request.args,
    compiler_args: request.compiler_args,
    limits: limitsOf(request.limits, language, caps),
    owner_token_sha256: createHash('sha256').update(ownerToken).digest('hex'),
  };
  return { command, ownerToken };
}

function payloadOf(
  { code, files, code_input, code_input_encoding }: SubmitCodeRequest,
  language: Language,
): Payload {
  return {
    files: files ?? [{ name: language.source_name, content: code ?? '', encoding: 'utf-8' }],
    stdin: { content: code_input, encoding: code_input_encoding },
  };
}

/**
 * What was asked for must be within the caps; a default of ours or of the language is lowered to them.
 * @throws Problem `limit_above_cap` naming each
 */
export function limitsOf(requested: RequestedLimits | undefined, language: Language, caps: Limits): Limits {
  const names = Object.keys(caps) as (keyof Limits)[];
  const errors = names
    .filter((name) => (requested?.[name] ?? 0) > caps[name])
    .map((name) => ({ pointer: `/limits/${name}`, detail: `may be at most ${caps[name]}` }));
  if (errors.length > 0) {
    const detail = errors
      .map((error) => `${error.pointer.slice('/limits/'.length)} ${error.detail}`)
      .join('; ');
    throw new Problem('limit_above_cap', `${detail}.`, errors);
  }
  const limits = resolveLimits(requested, language.limits);
  for (const name of names) limits[name] = Math.min(limits[name], caps[name]);
  return limits;
}
