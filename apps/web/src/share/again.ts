import type { Limits } from '@runbin/contracts/limits';
import type { SharedSubmission } from '@runbin/contracts/submission';
import { api, type NewSubmission } from '../api/client';
import { ApiError } from '../api/problem';
import { explain, figures, type RunResult } from '../output/verdict';
import { FollowProgress } from '../run/follow.progress';
import { followRun } from '../run/followed.run';
import { RunSession } from '../run/run.session';
import { isBusy, type RunState } from '../run/run.state';
import { openStage } from './stage';

const BUSY = { queued: 'In queue …', running: 'Running …' };

/** Submits the same once more, and shows what comes of it beside what came of it then. */
export async function runAgain(code: string, button: HTMLButtonElement): Promise<void> {
  const leaving = new AbortController();
  const stage = openStage('Run again', () => leaving.abort());
  const session = new RunSession(stage.output);
  leaving.signal.addEventListener('abort', () => session.leave());
  const stop = stage.tool('Stop', () => session.stop());
  button.disabled = true;
  try {
    stage.say('Sending …');
    const { submission } = await api.getSubmission(code, leaving.signal);
    await new Promise<void>((resolve) => {
      session.onChange(() => {
        const { state } = session;
        stage.say(wordsFor(state, submission));
        stop.disabled = state.isStopping;
        if (!isBusy(state)) resolve();
      });
      session.start(requestOf(submission));
    });
  } catch (error) {
    if (!leaving.signal.aborted) stage.say(wordsOf(error));
  } finally {
    stop.remove();
    button.disabled = false;
  }
}

function wordsFor({ phase, result, trouble, isStopping }: RunState, { limits }: SharedSubmission): string {
  if (trouble !== null) return trouble;
  if (phase === 'finished')
    return result ? ended(result, limits) : explain({ status: 'cancelled' }, null).title;
  if (isStopping) return 'Stopping …';
  return phase === 'submitting' ? 'Sending …' : phase === 'running' ? BUSY.running : BUSY.queued;
}

/** Shows a run that is not over when the page is opened; then the page is there to be had whole. */
export async function followToTheEnd(code: string): Promise<void> {
  const leaving = new AbortController();
  const stage = openStage('Output', () => leaving.abort());
  await followRun(
    { code },
    new FollowProgress(stage.output),
    {
      status: (status) => stage.say(BUSY[status]),
      finished: () => location.reload(),
      failed: (trouble) => stage.say(trouble),
      waiting: (trouble) => {
        if (trouble !== null) stage.say(trouble);
      },
    },
    leaving.signal,
  );
}

function ended(result: RunResult, limits: Limits): string {
  const counted = figures(result, null).map(({ label, value }) => `${label} ${value}`);
  return [explain(result, limits).title, ...counted].join(' · ');
}

/** What was submitted, as it is submitted. */
function requestOf(submission: SharedSubmission): NewSubmission {
  const { language, files, code_input, code_input_encoding, args, compiler_args, limits } = submission;
  return { language, files, code_input, code_input_encoding, args, compiler_args, limits };
}

export const wordsOf = (error: unknown) =>
  error instanceof ApiError ? error.message : 'Something broke; load the page again.';
