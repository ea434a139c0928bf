import { editor, MarkerSeverity, Range, Uri } from 'monaco-editor/editor/editor.api';
import { useEffect, useRef } from 'react';
import { shownTheme, watchTheme } from '../theme/theme';
import type { CodeFile, FullEditorProps, Mark } from './code.editor';
import { editorLanguage, isCode } from './monaco.languages';
import { EDITOR_THEMES } from './monaco.setup';

const SEVERITIES = {
  error: MarkerSeverity.Error,
  warning: MarkerSeverity.Warning,
  info: MarkerSeverity.Info,
} as const;

/** Who the marks are from, for the editor. */
const OWNER = 'runbin';

const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  contextmenu: false,
  detectIndentation: true,
  fixedOverflowWidgets: true,
  fontFamily: "ui-monospace, SFMono-Regular, 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSize: 13,
  glyphMargin: false,
  lineDecorationsWidth: 14,
  lineHeight: 20,
  lineNumbersMinChars: 4,
  minimap: { enabled: false },
  overviewRulerLanes: 0,
  padding: { top: 8, bottom: 40 },
  renderFinalNewline: 'on',
  renderLineHighlight: 'line',
  renderLineHighlightOnlyWhenFocus: true,
  scrollBeyondLastLine: false,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
  smoothScrolling: false,
  stickyScroll: { enabled: false },
  tabSize: 4,
  wordBasedSuggestions: 'off',
};

const MODEL_OPTIONS: editor.ITextModelUpdateOptions = {
  tabSize: 4,
  bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
};

/** The full editor. One model for each file, as long as the file is there: each keeps its own undo. */
export function MonacoEditor(props: FullEditorProps) {
  const { files, shown, language, marks, goTo } = props;
  const host = useRef<HTMLDivElement>(null);
  const made = useRef<Made>(undefined);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (!host.current) return;
    const here = new Made(host.current, latest.current, (id, content) =>
      latest.current.onChange(id, content),
    );
    made.current = here;
    const stopWatching = watchTheme(() => editor.setTheme(EDITOR_THEMES[shownTheme()]));
    return () => {
      stopWatching();
      here.dispose();
      made.current = undefined;
    };
  }, []);

  useEffect(() => made.current?.keep(files), [files]);
  useEffect(() => made.current?.show(shown), [shown]);
  useEffect(() => {
    void made.current?.colour(language, files);
  }, [language, files]);
  useEffect(() => made.current?.mark(marks, files), [marks, files]);
  useEffect(() => {
    if (goTo) made.current?.goTo(goTo);
  }, [goTo]);

  return <div className="full-editor" ref={host} data-testid="full-editor" />;
}

/** An editor that was made, and its models. */
class Made {
  private readonly models = new Map<string, editor.ITextModel>();
  private readonly states = new Map<string, editor.ICodeEditorViewState | null>();
  private readonly instance: editor.IStandaloneCodeEditor;
  private shownId: string;

  constructor(
    host: HTMLElement,
    { files, shown, place, before }: FullEditorProps,
    private readonly onChange: (fileId: string, content: string) => void,
  ) {
    this.shownId = shown.id;
    this.instance = editor.create(host, {
      ...OPTIONS,
      ariaLabel: labelOf(shown),
      model: null,
      theme: EDITOR_THEMES[shownTheme()],
    });
    this.keep(files);
    const model = this.models.get(shown.id);
    if (model) this.take(model, shown, place, before);
    this.letTabLeave();
  }

  /** Makes the models of new files, and ends those of files that are gone. */
  keep(files: readonly CodeFile[]): void {
    const ids = files.map(({ id }) => id);
    for (const { id, content } of files) {
      if (this.models.has(id)) continue;
      const model = editor.createModel(content, 'plaintext', Uri.parse(`runbin:/${id}`));
      model.updateOptions(MODEL_OPTIONS);
      model.onDidChangeContent(() => this.onChange(id, model.getValue()));
      this.models.set(id, model);
    }
    for (const [id, model] of this.models) {
      if (ids.includes(id)) continue;
      if (this.instance.getModel() === model) this.instance.setModel(null);
      model.dispose();
      this.models.delete(id);
      this.states.delete(id);
    }
  }

  show(file: CodeFile): void {
    const model = this.models.get(file.id);
    if (!model || this.instance.getModel() === model) return;
    this.states.set(this.shownId, this.instance.saveViewState());
    this.shownId = file.id;
    this.instance.setModel(model);
    this.instance.restoreViewState(this.states.get(file.id) ?? null);
    this.instance.updateOptions({ ariaLabel: labelOf(file) });
  }

  async colour(language: string, files: readonly CodeFile[]): Promise<void> {
    const id = await editorLanguage(language);
    const entry = files[0]?.name ?? '';
    for (const file of files) {
      const model = this.models.get(file.id);
      if (model && !model.isDisposed()) {
        editor.setModelLanguage(model, isCode(file.name, entry) ? id : 'plaintext');
      }
    }
  }

  mark(marks: readonly Mark[], files: readonly CodeFile[]): void {
    for (const { id, name } of files) {
      const model = this.models.get(id);
      if (!model) continue;
      const ofFile = marks.filter(({ fileName }) => fileName === name);
      editor.setModelMarkers(
        model,
        OWNER,
        ofFile.map((mark) => markerOf(mark, model)),
      );
    }
  }

  goTo({ line, column }: Mark): void {
    const position = { lineNumber: line, column };
    this.instance.setPosition(position);
    this.instance.revealPositionInCenterIfOutsideViewport(position);
    this.instance.focus();
  }

  dispose(): void {
    this.instance.dispose();
    for (const model of this.models.values()) model.dispose();
  }

  /** Stands where the plain editor stood. What was typed there is one step that can be undone. */
  private take(
    model: editor.ITextModel,
    shown: CodeFile,
    place: FullEditorProps['place'],
    before: string,
  ): void {
    if (before !== shown.content) {
      model.setValue(before);
      model.pushEditOperations([], [{ range: model.getFullModelRange(), text: shown.content }], () => null);
      model.pushStackElement();
    }
    this.instance.setModel(model);
    const [start, end] = [model.getPositionAt(place.start), model.getPositionAt(place.end)];
    this.instance.setSelection(Range.fromPositions(start, end));
    this.instance.setScrollTop(place.scrollTop);
    if (place.hasFocus) this.instance.focus();
  }

  /** Tab indents, until Escape says that it shall leave: nobody is held in the editor. */
  private letTabLeave(): void {
    this.instance.onKeyDown(({ browserEvent }) => {
      if (browserEvent.key === 'Escape') this.instance.updateOptions({ tabFocusMode: true });
    });
    this.instance.onDidFocusEditorText(() => this.instance.updateOptions({ tabFocusMode: false }));
  }
}

function labelOf({ name }: CodeFile): string {
  return `Code of ${name}. Tab indents; Escape, then Tab leaves the editor.`;
}

function markerOf(
  { line, column, endColumn, severity, message }: Mark,
  model: editor.ITextModel,
): editor.IMarkerData {
  const startLineNumber = Math.min(line, model.getLineCount());
  return {
    severity: SEVERITIES[severity],
    message,
    startLineNumber,
    endLineNumber: startLineNumber,
    startColumn: column,
    endColumn: endColumn ?? model.getLineMaxColumn(startLineNumber),
  };
}
