import type { Replay } from '@runbin/contracts/result';
import type { ResultReady, RunFinished } from '@runbin/contracts/work';
import type { StoredChange } from './result.store';
import { isFinished, type RunEvent } from './run.event';

/** Every gateway hears every announcement: what prints more than this many characters is asked for by who wants it. */
const MAX_TEXT = 4_096;

/** A piece takes about as much room as this many characters. */
const PIECE_TEXT = 24;

/** What is said of a row that was written, from the event that it was written from. */
export function announcementOf(
  { submission_id, final, status, language }: StoredChange,
  event: RunEvent,
): ResultReady {
  if (status === 'queued' || status === 'running') return { submission_id, final };
  const replay = isFinished(event) && isSmall(event) ? { replay: replayOf(event) } : {};
  return { submission_id, final, run: { status, language }, ...replay };
}

function isSmall({ outcome, output_log }: RunFinished): boolean {
  const { stdout, stderr, compile } = outcome;
  const text = stdout.length + stderr.length + (compile?.output.length ?? 0);
  return text + (output_log?.length ?? 0) * PIECE_TEXT <= MAX_TEXT;
}

/** As ResultService.replay answers it from the row that became of this event, to the letter. */
function replayOf(event: RunFinished): Replay {
  const { submission_id, attempt, language, language_version, output_log } = event;
  const { status, message, ...outcome } = event.outcome;
  const { queued_at, picked_at, sandbox_ready_at, compiled_at, started_at, finished_at } = event;
  const timeline = { queued_at, picked_at, sandbox_ready_at, compiled_at, started_at, finished_at };
  const result = {
    submission_id,
    status,
    message,
    attempt,
    ...outcome,
    timeline,
    language,
    language_version,
  };
  return { result, output_log };
}
