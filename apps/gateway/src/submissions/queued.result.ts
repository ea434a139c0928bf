import { NOTHING_RAN, type Result } from '@runbin/contracts/result';
import { PENDING_MESSAGES } from '@runbin/contracts/status';

/** The result of a submission of which nothing has been heard yet. */
export function queuedResult(submission: {
  submission_id: string;
  language: string;
  created_at: string;
}): Result {
  return {
    submission_id: submission.submission_id,
    status: 'queued',
    message: PENDING_MESSAGES.queued,
    ...NOTHING_RAN,
    attempt: 0,
    timeline: {
      queued_at: submission.created_at,
      picked_at: null,
      sandbox_ready_at: null,
      compiled_at: null,
      started_at: null,
      finished_at: null,
    },
    language: submission.language,
    language_version: null,
  };
}
