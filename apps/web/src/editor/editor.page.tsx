import './editor.page.css';
import { memo, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { api } from '../api/client';
import { wordsOf } from '../api/problem';
import { CodeEditor, type Mark } from '../code/code.editor';
import { Button } from '../components/button';
import { Split } from '../components/split';
import {
  type Draft,
  draftOf,
  exampleDraft,
  isUntouched,
  submissionOf,
  titleOf,
  withFile,
} from '../draft/draft';
import { HistoryDialog } from '../history/history.dialog';
import type { KeptRun } from '../history/history.store';
import { explain } from '../output/verdict';
import { isBusy, statusOf } from '../run/run.state';
import { type Shareable, ShareDialog } from '../sharing/share.dialog';
import { FileTabs } from './file.tabs';
import { Header } from './header';
import { InputsPanel } from './inputs.panel';
import { OutputPane } from './output.pane';
import { Problems } from './problems';
import { useLanguages } from './use.languages';
import { useOpening } from './use.opening';
import { history, type Runs, useRuns } from './use.runs';
import { drafts, useWorkspace, type Workspace } from './use.workspace';

type View = 'code' | 'input' | 'output';

/** Of the pane that shows the code; the tabs of the files name it. */
const CODE_PANEL = 'code';

/** Write a program, run it, share it. */
export function EditorPage() {
  const workspace = useWorkspace();
  const { known, problem: languagesProblem, askAgain } = useLanguages();
  const opening = useOpening(workspace, known);
  const runs = useRuns();
  const [view, setView] = useState<View>('code');
  const [window, setWindow] = useState<'share' | 'history'>();
  const [trouble, setTrouble] = useState<string>();
  const { draft, latest, open } = workspace;
  const language = known?.languages.find(({ id }) => id === draft?.language);

  // All that is given to the parts of the page stays the same while a run goes on: they are not drawn for each word of it.
  const { run: start, session } = runs;
  const run = useCallback(() => {
    const written = latest();
    if (!written) return;
    setWindow(undefined);
    setView('output');
    start(written);
  }, [latest, start]);
  const stop = useCallback(() => session.stop(), [session]);
  const share = useCallback(() => setWindow('share'), []);
  const showHistory = useCallback(() => setWindow('history'), []);
  const showCode = useCallback(() => setView('code'), []);
  useRunKey(run);
  useTitle(draft);

  const chooseLanguage = useCallback(
    (id: string) => {
      const next = known?.languages.find((other) => other.id === id);
      if (!next || id === draft?.language) return;
      open(drafts.newest(id) ?? exampleDraft(next));
    },
    [known, draft?.language, open],
  );
  const beginAnew = useCallback(() => {
    if (language && draft && !isUntouched(draft, language)) open(exampleDraft(language));
  }, [language, draft, open]);
  const openRun = (kept: KeptRun) => {
    setTrouble(undefined);
    api.readSubmission(kept.submissionId).then(
      (submission) => {
        const of = known?.languages.find(({ id }) => id === submission.language);
        const opened = draftOf(submission, of, Date.now());
        open(opened);
        runs.resume(kept, opened);
      },
      (error: unknown) => setTrouble(wordsOf(error)),
    );
  };

  const notices = [
    languagesProblem && (
      <>
        <p>{languagesProblem}</p>
        <Button onPress={askAgain}>Try again</Button>
      </>
    ),
    ...[opening, trouble, runs.problem, workspace.problem].map((text) => text && <p>{text}</p>),
  ];
  return (
    <div className="editor-page" data-view={view}>
      <Header
        known={known}
        language={draft?.language}
        onLanguage={chooseLanguage}
        isBusy={isBusy(runs.state)}
        isStopping={runs.state.isStopping}
        canRun={draft !== undefined}
        onRun={run}
        onStop={stop}
        onShare={share}
        onHistory={showHistory}
        onNew={beginAnew}
      />
      <Notices>{notices}</Notices>
      <main>
        {draft ? (
          <Split
            name="code"
            direction="row"
            label="Width of the code"
            initial={0.56}
            first={
              <CodePane
                key={draft.id}
                draft={draft}
                marks={runs.marks}
                onChange={workspace.change}
                onGoTo={showCode}
              />
            }
            second={
              <Split
                name="output"
                direction="column"
                label="Height of the output"
                initial={0.64}
                first={
                  <div className="pane pane-output">
                    <OutputPane runs={runs} languages={known?.languages} />
                  </div>
                }
                second={
                  <div className="pane pane-input">
                    <InputsPanel
                      draft={draft}
                      language={language}
                      caps={known?.limit_caps}
                      onChange={workspace.change}
                    />
                  </div>
                }
              />
            }
          />
        ) : null}
      </main>
      <Views view={view} onView={setView} />
      <Announcer runs={runs} />
      <ShareDialog
        shareable={window === 'share' ? shareableOf(runs, draft) : undefined}
        history={history}
        isOpen={window === 'share'}
        onClose={() => setWindow(undefined)}
        onRun={run}
      />
      <HistoryDialog
        history={history}
        drafts={drafts}
        openDraftId={draft?.id}
        isOpen={window === 'history'}
        onClose={() => setWindow(undefined)}
        onOpenRun={openRun}
        onOpenDraft={(id) => {
          const opened = drafts.load(id);
          if (opened) open(opened);
        }}
      />
    </div>
  );
}

interface CodePaneProps {
  readonly draft: Draft;
  readonly marks: readonly Mark[];
  readonly onChange: Workspace['change'];
  readonly onGoTo: () => void;
}

/** The files of a draft, the editor, and what is wrong with them. */
const CodePane = memo(function CodePane({ draft, marks: told, onChange: change, onGoTo }: CodePaneProps) {
  const { files } = draft;
  const [wanted, setWanted] = useState<string>();
  const [goTo, setGoTo] = useState<Mark>();
  const shown = files.find(({ id }) => id === wanted) ?? files[0];
  const texts = useMemo(() => files.filter(({ encoding }) => encoding !== 'base64'), [files]);
  const marks = useMemo(
    () => told.filter(({ fileName }) => files.some(({ name }) => name === fileName)),
    [told, files],
  );
  const onChange = useCallback(
    (id: string, content: string) => {
      change((now) =>
        now.files.some((file) => file.id === id && file.content !== content)
          ? withFile(now, id, { content })
          : now,
      );
    },
    [change],
  );
  if (!shown) return null;
  return (
    <div className="pane pane-code">
      <FileTabs draft={draft} shown={shown.id} panelId={CODE_PANEL} onShow={setWanted} onChange={change} />
      <div className="code-panel" id={CODE_PANEL} role="tabpanel" aria-labelledby={`tab-${shown.id}`}>
        {shown.encoding === 'base64' ? (
          <p className="note">
            {shown.name} is {Math.floor((shown.content.length * 3) / 4)} bytes that are no text. It goes with
            the program as it is.
          </p>
        ) : (
          <CodeEditor
            files={texts}
            shown={shown}
            language={draft.language}
            marks={marks}
            goTo={goTo}
            onChange={onChange}
          />
        )}
      </div>
      <Problems
        marks={marks}
        onGoTo={(mark) => {
          setWanted(files.find(({ name }) => name === mark.fileName)?.id);
          setGoTo(mark);
          onGoTo();
        }}
      />
    </div>
  );
});

function Notices({ children }: { readonly children: readonly ReactNode[] }) {
  const said = children.filter(Boolean);
  return said.length === 0 ? null : (
    <div>
      {said.map((notice, at) => (
        <div className="notice" role="status" key={at}>
          {notice}
        </div>
      ))}
    </div>
  );
}

const VIEWS: readonly [View, string][] = [
  ['code', 'Code'],
  ['input', 'Input'],
  ['output', 'Output'],
];

function Views({ view, onView }: { readonly view: View; readonly onView: (view: View) => void }) {
  return (
    <nav className="views" aria-label="Parts of the page">
      {VIEWS.map(([id, label]) => (
        <button key={id} type="button" aria-pressed={id === view} onClick={() => onView(id)}>
          {label}
        </button>
      ))}
    </nav>
  );
}

/** Says to who listens what the others see. */
function Announcer({ runs: { state } }: { readonly runs: Runs }) {
  const status = statusOf(state);
  const words = status ? explain(state.result ?? { status }, null) : undefined;
  const text = state.phase === 'failed' ? state.trouble : words && `${words.title}. ${words.reason}`;
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

function shareableOf({ state, submitted }: Runs, draft: Draft | undefined): Shareable | undefined {
  if (!state.run || !submitted || isBusy(state)) return undefined;
  const { submissionId, ownerToken } = state.run;
  return {
    submissionId,
    ownerToken,
    title: titleOf(submitted),
    language: submitted.language,
    source: submitted.files[0]?.encoding === 'base64' ? '' : (submitted.files[0]?.content ?? ''),
    isOutdated: draft !== undefined && !isSameProgram(draft, submitted),
  };
}

function isSameProgram(one: Draft, other: Draft): boolean {
  return JSON.stringify(submissionOf(one)) === JSON.stringify(submissionOf(other));
}

/** Ctrl+Enter, or Cmd+Enter, runs from wherever one is. Before the editor takes it for a new line. */
function useRunKey(run: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) run();
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [run]);
}

function useTitle(draft: Draft | undefined): void {
  const title = draft ? `${titleOf(draft)} · Runbin` : 'Runbin';
  useEffect(() => {
    document.title = title;
  }, [title]);
}
