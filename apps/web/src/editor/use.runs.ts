import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Mark } from '../code/code.editor';
import { type Draft, submissionOf, titleOf } from '../draft/draft';
import { isDraft } from '../draft/draft.store';
import { HistoryStore, type KeptRun } from '../history/history.store';
import { diagnosticsOf } from '../output/diagnostics';
import type { OutputStore } from '../output/output.store';
import { keepRun, keptRun } from '../run/run.keeper';
import type { RunSession } from '../run/run.session';
import { isBusy, type RunState, statusOf } from '../run/run.state';
import { useRunSession, useRunState } from '../run/use.run.session';
import { browserStore, pageStore } from '../settings/settings';

export const history = new HistoryStore(browserStore);

const SUBMITTED_KEY = 'runbin.page.submitted';

/** What a terminal begins with, until it is drawn and knows better. */
const FIRST_SIZE = { columns: 80, rows: 24 };

const NO_MARKS: readonly Mark[] = [];

/** Only the end of it is looked at, where an error is told. */
const MAX_STDERR_BYTES = 256 * 1024;

export interface Runs {
  readonly session: RunSession;
  readonly state: RunState;
  /** The draft that ran last, as it was then. */
  readonly submitted: Draft | undefined;
  /** What its compiler, or its end, said of places in it. */
  readonly marks: readonly Mark[];
  /** Why it was not sent, in words. */
  readonly problem: string | undefined;
  /** One that goes on is stopped first. */
  readonly run: (draft: Draft) => void;
  /** Follows a run that was started before. */
  readonly resume: (run: KeptRun, draft: Draft) => void;
}

/** The runs of this page: the one that is shown, what came of it, and the history that it goes into. */
export function useRuns(): Runs {
  const session = useRunSession();
  const state = useRunState(session);
  const [submitted, setSubmitted] = useState(submittedBefore);
  const [problem, setProblem] = useState<string>();
  const waiting = useRef<Draft>(undefined);

  const start = useCallback(
    (draft: Draft) => {
      const made = submissionOf(draft);
      setProblem('problem' in made ? made.problem : undefined);
      if ('problem' in made) return;
      setSubmitted(draft);
      keepSubmitted(draft);
      session.start(made.submission, draft.isInteractive ? { terminal: FIRST_SIZE } : null);
    },
    [session],
  );
  const run = useCallback(
    (draft: Draft) => {
      if (!isBusy(session.state)) return start(draft);
      waiting.current = draft;
      session.stop();
    },
    [session, start],
  );
  const resume = useCallback(
    ({ submissionId, ownerToken, input }: KeptRun, draft: Draft) => {
      setProblem(undefined);
      setSubmitted(draft);
      keepSubmitted(draft);
      session.resume({ submissionId, ownerToken, input });
    },
    [session],
  );

  // The run that was shown before the page was loaded again goes on being shown.
  useEffect(() => {
    const kept = keptRun(pageStore);
    if (kept) session.resume(kept);
  }, [session]);

  const { run: accepted } = state;
  const status = statusOf(state);
  useEffect(() => {
    if (!accepted || accepted.ownerToken === '' || !status) return;
    const { submissionId } = accepted;
    if (history.find(submissionId)) history.change(submissionId, { status });
    else if (submitted) history.add(keptFrom(accepted, submitted, status));
  }, [accepted, status, submitted]);

  useEffect(() => {
    keepRun(pageStore, state);
    if (isBusy(state) || !waiting.current) return;
    const next = waiting.current;
    waiting.current = undefined;
    start(next);
  }, [state, start]);

  const marks = useMemo(
    () => (submitted && state.phase === 'finished' ? marksOf(state, submitted, session.output) : NO_MARKS),
    [state, submitted, session],
  );
  return { session, state, submitted, marks, problem, run, resume };
}

function keptFrom(run: NonNullable<RunState['run']>, draft: Draft, status: KeptRun['status']): KeptRun {
  return {
    ...run,
    language: draft.language,
    title: titleOf(draft),
    createdAt: new Date().toISOString(),
    status,
    links: [],
  };
}

function marksOf({ result }: RunState, { language, files }: Draft, output: OutputStore): Mark[] {
  const text = `${result?.compile?.output ?? ''}\n${result?.status === 'succeeded' ? '' : stderrOf(output)}`;
  const sources = files.filter(({ encoding }) => encoding !== 'base64');
  return diagnosticsOf(language, text, sources).map(
    ({ file, line, column, endColumn, severity, message }) => ({
      fileName: file,
      line,
      column: column ?? 1,
      ...(endColumn === null ? {} : { endColumn }),
      severity,
      message,
    }),
  );
}

function stderrOf(output: OutputStore): string {
  const pieces = output.bytes('stderr');
  let bytes = 0;
  let from = pieces.length;
  while (from > 0 && bytes < MAX_STDERR_BYTES) bytes += pieces[--from]?.length ?? 0;
  const decoder = new TextDecoder();
  return pieces
    .slice(from)
    .map((piece) => decoder.decode(piece, { stream: true }))
    .join('');
}

function submittedBefore(): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(pageStore.getItem(SUBMITTED_KEY) ?? 'null');
    return isDraft(draft) ? draft : undefined;
  } catch {
    return undefined;
  }
}

function keepSubmitted(draft: Draft): void {
  try {
    pageStore.setItem(SUBMITTED_KEY, JSON.stringify(draft));
  } catch {
    pageStore.removeItem(SUBMITTED_KEY);
  }
}
