import { type ExecuteRun, INLINE_PAYLOAD_BYTES, MESSAGE_VERSION, type Payload } from '@runbin/contracts/work';
import type { DispatchRow } from './submission.store';

/** The command to run a submission, as a claim check: it holds neither code nor input. */
export function executeRun(submission: Omit<DispatchRow, 'dispatch' | 'lane'>, dispatch: number): ExecuteRun {
  return {
    v: MESSAGE_VERSION,
    submission_id: submission.id,
    dispatch,
    language: submission.language,
    args: submission.args,
    compiler_args: submission.compiler_args,
    limits: submission.limits,
    queued_at: submission.created_at.toISOString(),
    payload: null,
    interactive: submission.interactive,
  };
}

/** The broker drops a second message with this id. */
export const messageIdOf = (submissionId: string, dispatch: number) => `${submissionId}:${dispatch}`;

/** The command with the payload in it where that is small, so that the runner need not ask for it. */
export function withPayload(command: ExecuteRun, payload: Payload, payloadBytes: number): ExecuteRun {
  return payloadBytes <= INLINE_PAYLOAD_BYTES ? { ...command, payload } : command;
}
