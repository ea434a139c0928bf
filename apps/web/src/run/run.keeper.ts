import type { RunState, SavedRun } from './run.state';

const KEY = 'runbin.run';

/** The part of `sessionStorage` that is used: each tab has its own run. */
export type RunStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Keeps the run of a session for a reload of the page: call it with every state. One that was left is still found. */
export function keepRun(storage: RunStorage, { run, phase }: RunState): void {
  try {
    if (run) storage.setItem(KEY, JSON.stringify(run));
    else if (phase !== 'idle') storage.removeItem(KEY);
  } catch {
    // Then a reload does not find it.
  }
}

/** The run that was there before the page was loaded again, or null. */
export function keptRun(storage: RunStorage): SavedRun | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? 'null');
    return isSavedRun(kept) ? kept : null;
  } catch {
    return null;
  }
}

function isSavedRun(value: unknown): value is SavedRun {
  if (typeof value !== 'object' || value === null) return false;
  const { submissionId, ownerToken, input } = value as Record<string, unknown>;
  return (
    typeof submissionId === 'string' &&
    typeof ownerToken === 'string' &&
    (input === 'none' || input === 'pipes' || input === 'terminal')
  );
}
