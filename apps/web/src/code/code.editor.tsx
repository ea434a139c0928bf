import './code.editor.css';
import { type ComponentType, useEffect, useRef, useState } from 'react';
import { LightEditor, type LightEditorHandle } from './light.editor';

/** A file as the editor takes it. Its content is what it begins with; from then on the editor has the say. */
export interface CodeFile {
  readonly id: string;
  readonly name: string;
  readonly content: string;
}

/** Something that a compiler says of a place; lines and columns count from 1. */
export interface Mark {
  readonly fileName: string;
  readonly line: number;
  readonly column: number;
  readonly endColumn?: number;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
}

/** Where an editor stands in its text: what one hands the next. Offsets in UTF-16 units. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly scrollTop: number;
  readonly hasFocus: boolean;
}

export interface EditorProps {
  /** All files that can be shown. */
  readonly files: readonly CodeFile[];
  readonly shown: CodeFile;
  /** Id of a language of ours. */
  readonly language: string;
  readonly marks: readonly Mark[];
  readonly onChange: (fileId: string, content: string) => void;
  /** Goes to this mark when it is another one than before. */
  readonly goTo?: Mark | undefined;
}

interface FullEditorProps extends EditorProps {
  readonly place: Place;
  /** What the light editor began with: undo goes back to it. */
  readonly before: string;
}

type FullEditor = ComponentType<FullEditorProps>;

/** A finger has no use for an editor that brings its own selection, keyboard and clipboard. */
const isTouched = () => matchMedia('(pointer: coarse) and (hover: none)').matches;

/**
 * A plain editor at once, and the full one in its place as soon as it is there: it is three megabytes, and nobody shall
 * wait for them to type.
 */
export function CodeEditor(props: EditorProps) {
  const light = useRef<LightEditorHandle>(null);
  const [full, setFull] = useState<{ Editor: FullEditor; place: Place; before: string }>();
  useEffect(() => {
    if (isTouched()) return;
    let isHere = true;
    void whenIdle()
      .then(() => import('./monaco.editor'))
      .then(async ({ MonacoEditor }) => {
        const handed = await light.current?.handOver();
        if (isHere && handed) setFull({ Editor: MonacoEditor, ...handed });
      })
      // Without it the plain editor stays.
      .catch(() => undefined);
    return () => {
      isHere = false;
    };
  }, []);
  if (full) return <full.Editor {...props} place={full.place} before={full.before} />;
  return <LightEditor {...props} ref={light} />;
}

function whenIdle(): Promise<void> {
  return new Promise((resolve) => {
    const idle = globalThis.requestIdleCallback as typeof requestIdleCallback | undefined;
    if (idle) idle(() => resolve(), { timeout: 500 });
    else setTimeout(resolve, 50);
  });
}

export type { FullEditorProps };
