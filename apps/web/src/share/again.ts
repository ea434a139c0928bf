import type { Submission } from '@runbin/contracts/submission';
import { api, type NewSubmission } from '../api/client';
import { ApiError } from '../api/problem';
import { explain, figures, type RunResult } from '../output/verdict';
import { FollowProgress } from '../run/follow.progress';
import { followRun, type RunReports } from '../run/followed.run';
import { openStage, type Stage } from './stage';

const BUSY = { queued: 'In queue …', running: 'Running …' };

/** Submits the same once more, and shows what comes of it beside what came of it then. */
export async function runAgain(code: string, button: HTMLButtonElement): Promise<void> {
  const leaving = new AbortController();
  const stage = openStage('Run again', () => leaving.abort());
  button.disabled = true;
  try {
    stage.say('Sending …');
    const { submission } = await api.getSubmission(code, leaving.signal);
    const { submission_id } = await api.submitCode(requestOf(submission), leaving.signal, ({ message }) =>
      stage.say(message),
    );
    await follow(submission_id, stage, leaving.signal, (result) => stage.say(ended(result, submission)));
  } catch (error) {
    if (!leaving.signal.aborted) stage.say(wordsOf(error));
  } finally {
    button.disabled = false;
  }
}

/** Shows a run that is not over when the page is opened; then the page is there to be had whole. */
export async function followToTheEnd(submissionId: string): Promise<void> {
  const leaving = new AbortController();
  const stage = openStage('Output', () => leaving.abort());
  await follow(submissionId, stage, leaving.signal, () => location.reload());
}

function follow(
  submissionId: string,
  stage: Stage,
  signal: AbortSignal,
  onFinished: (result: RunResult) => void,
): Promise<void> {
  const reports: RunReports = {
    status: (status) => stage.say(BUSY[status]),
    finished: onFinished,
    failed: (trouble) => stage.say(trouble),
    waiting: (trouble) => {
      if (trouble !== null) stage.say(trouble);
    },
  };
  return followRun({ submissionId }, new FollowProgress(stage.output), reports, signal);
}

function ended(result: RunResult, { limits }: Submission): string {
  const counted = figures(result, null).map(({ label, value }) => `${label} ${value}`);
  return [explain(result, limits).title, ...counted].join(' · ');
}

/** What was submitted, as it is submitted. */
function requestOf(submission: Submission): NewSubmission {
  const { language, files, code_input, code_input_encoding, args, compiler_args, limits } = submission;
  return { language, files, code_input, code_input_encoding, args, compiler_args, limits };
}

export const wordsOf = (error: unknown) =>
  error instanceof ApiError ? error.message : 'Something broke; load the page again.';
