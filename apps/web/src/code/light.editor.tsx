import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { EditorProps, Place } from './code.editor';

export interface LightEditorHandle {
  /** Where it stands, as soon as nobody is in the middle of composing a character; and what it began with. */
  handOver(): Promise<{ place: Place; before: string }>;
}

const INDENT = '    ';

/** The browser's own text field, with line numbers. It is there at once, and stays where fingers type. */
export function LightEditor({
  shown,
  marks,
  onChange,
  goTo,
  ref,
}: EditorProps & { readonly ref: Ref<LightEditorHandle> }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const before = useRef({ id: shown.id, content: shown.content });
  const isComposing = useRef(false);
  const afterComposing = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    if (before.current.id !== shown.id) before.current = { id: shown.id, content: shown.content };
  }, [shown.id, shown.content]);

  useImperativeHandle(ref, () => ({
    async handOver() {
      if (isComposing.current) await new Promise<void>((resolve) => (afterComposing.current = resolve));
      const { selectionStart = 0, selectionEnd = 0, scrollTop = 0 } = field.current ?? {};
      const hasFocus = document.activeElement === field.current;
      return {
        place: { start: selectionStart, end: selectionEnd, scrollTop, hasFocus },
        before: before.current.content,
      };
    },
  }));

  useEffect(() => {
    if (goTo?.fileName !== shown.name || !field.current) return;
    const lines = field.current.value.split('\n');
    const at = lines.slice(0, goTo.line - 1).join('\n').length + (goTo.line > 1 ? 1 : 0) + goTo.column - 1;
    field.current.focus();
    field.current.setSelectionRange(at, at);
  }, [goTo, shown.name]);

  const marked = new Map(
    marks.filter(({ fileName }) => fileName === shown.name).map(({ line, severity }) => [line, severity]),
  );
  const lines = shown.content.split('\n').length;
  return (
    <div className="light-editor">
      <div className="light-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, at) => (
          <div key={at} className={marked.has(at + 1) ? `light-mark-${marked.get(at + 1) ?? ''}` : undefined}>
            {at + 1}
          </div>
        ))}
      </div>
      <textarea
        key={shown.id}
        ref={field}
        className="light-field"
        aria-label={`Code of ${shown.name}`}
        value={shown.content}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        wrap="off"
        onChange={(event) => {
          onChange(shown.id, event.target.value);
        }}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        onCompositionStart={() => {
          isComposing.current = true;
        }}
        onCompositionEnd={() => {
          isComposing.current = false;
          afterComposing.current?.();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing) {
            continueIndentation(event);
          }
        }}
      />
    </div>
  );
}

/** A new line begins below the one before it. By `insertText`, so that the browser can undo it. */
function continueIndentation(event: React.KeyboardEvent<HTMLTextAreaElement>): void {
  const { value, selectionStart } = event.currentTarget;
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const deeper = /[:{([]\s*$/.test(line) ? INDENT : '';
  if (indent + deeper === '') return;
  event.preventDefault();
  // The only way to write into a field that can be undone.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand('insertText', false, `\n${indent}${deeper}`);
}
