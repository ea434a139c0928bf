import type { FollowEvent, SharedEvent } from '@runbin/contracts/follow.events';
import type { AcceptedMessage } from '@runbin/contracts/run.socket';
import type { SubmitCodeResponse } from '@runbin/contracts/submission';
import { isFinal, type Status } from '@runbin/contracts/status';
import type { RunResult } from '../output/verdict';
import { api, type NewSubmission, pause } from '../api/client';
import { patiently, TooLate } from '../api/patience';
import { ApiError, errorOf, unreachable, wordsOf } from '../api/problem';
import { newUuid } from '../api/uuid';
import { breaths } from './breath';
import { serverSentEvents } from './event.stream';
import type { FollowProgress, Taken } from './follow.progress';
import type { SavedRun } from './run.state';

/** What a run is known by: its id, or the code of a link. */
export type RunName = Pick<SavedRun, 'submissionId'> | { readonly code: string };

/** What becomes of a run that is followed, for whoever shows it. */
export interface RunReports {
  /** `queued` and `running`, as often as it is told. */
  status(status: Extract<Status, 'queued' | 'running'>): void;
  finished(result: RunResult): void;
  /** It can not be followed any more. */
  failed(trouble: string): void;
  /** Something stands in the way; it is tried again in so many milliseconds. Null: it is gone. */
  waiting(trouble: string | null, ms: number): void;
}

/** No byte for this long, where a sign of life comes every 15 s: the connection is dead. */
const SILENCE_MS = 45_000;
/** The server says something at once; what holds that back will hold back output, too. */
const FIRST_BYTE_MS = 8_000;
const LONGEST_PAUSE_MS = 5_000;
const FIRST_PAUSE_MS = 250;
/** So many times in a row nothing came through: then the result is asked for instead. */
const TRIES = 4;
/** What the server holds an answer back for, at most. */
const WAIT_S = 25;

/** Nothing will change by asking again. */
const LOST_FOR_GOOD = [400, 401, 403, 404, 405, 410];

/** What becomes of a run from its submission on. */
export interface SubmitReports extends RunReports {
  accepted(run: SavedRun): void;
}

/**
 * Submits a program and follows its run, by one request: what is accepted comes as the first of its events. Where that
 * does not get through it is submitted again, by the same key, and followed by another.
 */
export async function submitAndFollow(
  submission: NewSubmission,
  progress: FollowProgress,
  reports: SubmitReports,
  signal: AbortSignal,
): Promise<void> {
  const key = newUuid();
  const onPause = ({ message, retryAfterS = 0 }: ApiError) => reports.waiting(message, retryAfterS * 1000);
  let run: SavedRun | undefined;
  const accepted = (answer: SubmitCodeResponse) => {
    // Null is only for keys that are not random.
    run = { submissionId: answer.submission_id, ownerToken: answer.owner_token ?? '', input: 'none' };
    reports.accepted(run);
  };
  try {
    const submit = (signal: AbortSignal) =>
      api.submitForEvents(submission, key, { signal, onPause, patienceMs: FIRST_BYTE_MS });
    const end = await eventsOf(submit, progress, signal, (event) => report(event, reports), accepted);
    if (end === 'finished') return;
  } catch (error) {
    if (!signal.aborted && !run && error instanceof ApiError && error.status !== 0)
      return reports.failed(error.message);
  }
  if (signal.aborted) return;
  try {
    if (!run) accepted(await api.submitCode(submission, key, { signal, onPause }));
  } catch (error) {
    return reports.failed(wordsOf(error));
  }
  if (run) await followRun(run, progress, reports, signal);
}

/**
 * Follows a run over HTTP until it has ended: by server-sent events, from where it was cut off, and where those do not
 * get through by waiting for the result. Answers after `finished` or `failed` was reported, or `signal` fired.
 */
export async function followRun(
  run: RunName,
  progress: FollowProgress,
  reports: RunReports,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  for (;;) {
    let reason: ApiError;
    try {
      const { position } = progress;
      const follow = (signal: AbortSignal) => askForEvents(run, position, signal);
      const end = await eventsOf(follow, progress, signal, (event) => {
        failures = 0;
        report(event, reports);
      });
      if (end === 'finished') return;
      if (end === 'nothing more') return await waitForResult(run, progress, reports, signal);
      reason = unreachable();
    } catch (error) {
      if (signal.aborted) return;
      reason = error instanceof ApiError ? error : unreachable();
    }
    if (LOST_FOR_GOOD.includes(reason.status)) return reports.failed(reason.message);
    failures++;
    if (failures >= TRIES && reason.retryAfterS === undefined)
      return await waitForResult(run, progress, reports, signal);
    // A connection that ends now and then is no news.
    const ms = pauseMs(failures, reason);
    if (failures > 1) reports.waiting(reason.message, ms);
    if (!(await paused(ms, signal))) return;
  }
}

function report(event: Taken, reports: RunReports): void {
  reports.waiting(null, 0);
  if (event.what === 'status') reports.status(event.event.status);
  else if (event.what === 'finished') reports.finished(event.event.result);
}

const addressOf = (run: RunName) =>
  'code' in run ? `/v1/urls/${encodeURIComponent(run.code)}` : `/v1/submissions/${run.submissionId}`;

/**
 * @param position of the last event that is known; undefined: none is
 * @returns undefined: none come this way
 */
async function askForEvents(
  run: RunName,
  position: string | undefined,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const after = position === undefined ? {} : { 'last-event-id': position };
  const headers = { accept: 'text/event-stream', ...after };
  try {
    const response = await patiently(FIRST_BYTE_MS, signal, (signal) =>
      fetch(`${addressOf(run)}/events`, { headers, cache: 'no-store', signal }),
    );
    if (response.status === 204) return undefined;
    if (!response.ok) throw await errorOf(response);
    return response;
  } catch (error) {
    if (error instanceof TooLate) return undefined;
    throw error;
  }
}

/**
 * Reads the events that are the answer. `cut off`: there are more, to be asked for again. `nothing more`: none come this
 * way.
 * @param onAccepted the answer, or the first event, may say what was accepted
 */
async function eventsOf(
  ask: (signal: AbortSignal) => Promise<Response | undefined>,
  progress: FollowProgress,
  signal: AbortSignal,
  onTaken: (taken: Taken) => void,
  onAccepted?: (accepted: SubmitCodeResponse) => void,
): Promise<'finished' | 'cut off' | 'nothing more'> {
  const silence = new AbortController();
  const limit = (ms: number) => setTimeout(() => silence.abort(), ms);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = { anything: false };
  try {
    const response = await ask(AbortSignal.any([signal, silence.signal]));
    if (!response) return 'nothing more';
    timer = limit(FIRST_BYTE_MS);
    const type = response.headers.get('content-type') ?? '';
    if (onAccepted && type.startsWith('application/json')) {
      onAccepted((await response.json()) as SubmitCodeResponse);
      return 'cut off';
    }
    if (!response.body || !type.startsWith('text/event-stream'))
      throw new ApiError('unknown', 'Something between here and the server keeps the output back.', 0);
    const onChunk = () => {
      heard.anything = true;
      clearTimeout(timer);
      timer = limit(SILENCE_MS);
    };
    const breath = breaths();
    for await (const { data } of serverSentEvents(response.body, onChunk)) {
      await breath();
      // What has come already is not the page's affair any more when another run took its place.
      if (signal.aborted) return 'cut off';
      const event = JSON.parse(data) as FollowEvent | SharedEvent | AcceptedMessage;
      if (event.type === 'accepted') {
        onAccepted?.(event);
        continue;
      }
      const taken = progress.take(event);
      if (taken.what === 'gap') return 'cut off';
      onTaken(taken);
      if (taken.what === 'finished') return 'finished';
    }
    return 'cut off';
  } catch (error) {
    if (silence.signal.aborted && !heard.anything) return 'nothing more';
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The whole result at once, whatever of it has been shown already. */
async function waitForResult(
  run: RunName,
  progress: FollowProgress,
  reports: RunReports,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  for (;;) {
    try {
      const result =
        'code' in run
          ? await api.getSharedResult(run.code, signal, WAIT_S)
          : await api.getResult(run.submissionId, signal, WAIT_S);
      reports.waiting(null, 0);
      failures = 0;
      if (isFinal(result.status)) {
        progress.takeResult(result);
        const {
          stdout: _stdout,
          stdout_encoding: _o,
          stderr: _stderr,
          stderr_encoding: _e,
          ...rest
        } = result;
        return reports.finished(rest);
      }
      reports.status(result.status === 'running' ? 'running' : 'queued');
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof ApiError ? error : unreachable();
      if (LOST_FOR_GOOD.includes(reason.status)) return reports.failed(reason.message);
      const ms = pauseMs(++failures, reason);
      reports.waiting(reason.message, ms);
      if (!(await paused(ms, signal))) return;
    }
  }
}

function pauseMs(failures: number, { retryAfterS }: ApiError): number {
  if (retryAfterS !== undefined) return Math.max(FIRST_PAUSE_MS, retryAfterS * 1000);
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);
}

/** @returns whether it was waited to the end */
async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  return pause(ms, signal).then(
    () => true,
    () => false,
  );
}
