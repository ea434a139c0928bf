import './output.css';
import './output.view.css';
import { memo, type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from '../components/button';
import { Menu } from '../components/menu';
import { Announcer } from './announcer';
import { DumpRows } from './dump.rows';
import { downloadBytes, shownText } from './output.text';
import { OutputSearchBar } from './output.search.bar';
import type { OutputStore, Stream } from './output.store';
import { RowList } from './row.list';
import { TextRows } from './text.rows';
import { byteText, countText } from './units';

export interface OutputViewProps {
  /** What is shown; may grow while it is. */
  readonly output: OutputStore;
  /** Said in the place of output while there is none. */
  readonly placeholder: string;
  /** Streams that wrote more than was kept. */
  readonly truncated: { readonly stdout: boolean; readonly stderr: boolean };
  /** Name of downloads, without an extension. */
  readonly name: string;
}

/** Text with its colours; or the bytes of a stream, of which it is told by `<stream> <kind>`. */
type Shown = 'text' | `${Stream} ${'hex' | 'base64'}`;

const SHOWN: Record<Shown, string> = {
  text: 'Text',
  'stdout hex': 'stdout in hex',
  'stderr hex': 'stderr in hex',
  'stdout base64': 'stdout in base64',
  'stderr base64': 'stderr in base64',
};

/** How it is shown, as a person chose. */
interface View {
  readonly shown: Shown;
  readonly wraps: boolean;
  readonly showsTimes: boolean;
  readonly isSearching: boolean;
}

const FIRST_VIEW: View = { shown: 'text', wraps: true, showsTimes: false, isSearching: false };

/** What a program printed: both streams in their order, as it comes. */
export function OutputView({ output, placeholder, truncated, name }: OutputViewProps) {
  const [view, setView] = useState(FIRST_VIEW);
  const { shown, isSearching } = view;
  const { host, list, isFollowing } = useRowList(output, view);
  const change = useCallback((changes: Partial<View>) => setView((now) => ({ ...now, ...changes })), []);
  return (
    <section
      className="output-view"
      aria-label="What the program printed"
      onKeyDown={(event) => {
        if (event.key !== 'f' || !(event.ctrlKey || event.metaKey) || shown !== 'text') return;
        event.preventDefault();
        change({ isSearching: true });
      }}
    >
      <OutputTools
        output={output}
        name={name}
        view={view}
        onView={change}
        list={list}
        isFollowing={isFollowing}
      />
      {isSearching && shown === 'text' ? (
        <OutputSearchBar output={output} list={list} onClose={() => change({ isSearching: false })} />
      ) : null}
      <div className="output-rows" ref={host}>
        <Placeholder output={output} text={placeholder} />
      </div>
      <Truncation output={output} truncated={truncated} />
    </section>
  );
}

interface OutputToolsProps {
  readonly output: OutputStore;
  readonly name: string;
  readonly view: View;
  readonly onView: (changes: Partial<View>) => void;
  readonly list: RowListRef;
  readonly isFollowing: boolean;
}

/** Apart, and drawn after the output: its menus take longer than all rows that are to be seen. */
const OutputTools = memo(function OutputTools(props: OutputToolsProps) {
  const { output, name, view, onView, list, isFollowing } = props;
  const { shown, wraps, showsTimes, isSearching } = view;
  const { isEmpty, isText, summary } = useSummary(output);
  return (
    <>
      <div className="output-tools">
        <span className="output-summary">{summary}</span>
        <Button
          kind="plain"
          isDisabled={isEmpty || shown !== 'text'}
          onPress={() => onView({ isSearching: !isSearching })}
        >
          Find
        </Button>
        <Button
          kind="plain"
          isDisabled={isEmpty}
          aria-pressed={isFollowing}
          onPress={() => list.current?.setFollowing(!isFollowing)}
        >
          {isFollowing ? 'Following the end' : 'Follow the end'}
        </Button>
        <Menu
          label="How the output is shown"
          trigger={<Button kind="plain">{SHOWN[shown]}</Button>}
          chosen={shown}
          entries={Object.entries(SHOWN).map(([id, label]) => ({ id, label }))}
          onAction={(id) => onView({ isSearching: false, shown: id as Shown })}
        />
        <Menu
          label="More for the output"
          trigger={<Button kind="plain">More</Button>}
          entries={[
            { id: 'copy', label: 'Copy all', isDisabled: isEmpty },
            { id: 'all', label: 'Download all', isDisabled: isEmpty },
            { id: 'stdout', label: 'Download stdout', isDisabled: output.byteCount('stdout') === 0 },
            { id: 'stderr', label: 'Download stderr', isDisabled: output.byteCount('stderr') === 0 },
            { id: 'wrap', label: wraps ? 'Do not wrap long lines' : 'Wrap long lines' },
            { id: 'times', label: showsTimes ? 'Hide times' : 'Show times' },
          ]}
          onAction={(id) => {
            if (id === 'copy') void navigator.clipboard.writeText(shownText(output));
            else if (id === 'all') downloadBytes(`${name}.txt`, output.bytes());
            else if (id === 'stdout' || id === 'stderr') downloadBytes(`${name}.${id}.txt`, output.bytes(id));
            else if (id === 'wrap') onView({ wraps: !wraps });
            else onView({ showsTimes: !showsTimes });
          }}
        />
      </div>
      {isText || shown !== 'text' ? null : (
        <p className="output-note">
          Some of this is no text.{' '}
          <Button kind="plain" onPress={() => onView({ shown: 'stdout hex' })}>
            Show stdout in hex
          </Button>
        </p>
      )}
    </>
  );
});

/** Gone with the first output, which the rest of the view has time to notice. */
function Placeholder({ output, text }: { readonly output: OutputStore; readonly text: string }) {
  const subscribe = useCallback((onChange: () => void) => output.onChange(onChange), [output]);
  const isEmpty = useSyncExternalStore(subscribe, () => output.rowCount === 0);
  return isEmpty ? <p className="output-placeholder">{text}</p> : null;
}

function Truncation({ output, truncated }: Pick<OutputViewProps, 'output' | 'truncated'>) {
  const cut = (['stdout', 'stderr'] as const).filter((stream) => truncated[stream]);
  if (cut.length === 0) return null;
  return (
    <p className="output-note output-note-end">
      {cut
        .map(
          (stream) =>
            `The program wrote more to ${stream}: only the first ${byteText(output.byteCount(stream))} were kept.`,
        )
        .join(' ')}
    </p>
  );
}

/** A list of rows in the element that `host` is given to. */
function useRowList(output: OutputStore, { shown, wraps, showsTimes }: View) {
  const host = useRef<HTMLDivElement>(null);
  const list = useRef<RowList>(null);
  const [isFollowing, setFollowing] = useState(true);
  useEffect(() => {
    const parent = host.current;
    if (!parent) return undefined;
    const source = sourceOf(output, shown);
    if (source instanceof TextRows) source.showsTimes = showsTimes;
    const rows = new RowList(source, { label: `Output: ${SHOWN[shown]}`, wraps, onFollow: setFollowing });
    const announcer = new Announcer(output, 'Output');
    parent.append(rows.element, announcer.element);
    list.current = rows;
    setFollowing(rows.isFollowing);
    return () => {
      list.current = null;
      rows.dispose();
      announcer.dispose();
    };
  }, [output, shown, wraps, showsTimes]);
  return { host, list, isFollowing };
}

function sourceOf(output: OutputStore, shown: Shown) {
  if (shown === 'text') return new TextRows(output);
  const [stream, kind] = shown.split(' ') as [Stream, 'hex' | 'base64'];
  return new DumpRows(output, stream, kind);
}

export type RowListRef = RefObject<RowList | null>;

/** So often numbers are told again while output comes. */
const SUMMARY_EVERY_MS = 200;
/** The first time after the output itself has been drawn: that is what somebody waits for. */
const SUMMARY_AFTER_MS = 30;

function useSummary(output: OutputStore) {
  const subscribe = useCallback((onChange: () => void) => calm(output, onChange), [output]);
  const version = useSyncExternalStore(subscribe, () => summaryOf(output));
  return { isEmpty: output.rowCount === 0, isText: output.isText, summary: version };
}

function summaryOf(output: OutputStore): string {
  const bytes = output.byteCount('stdout') + output.byteCount('stderr');
  if (bytes === 0) return '';
  const lines = `${countText(output.lineCount)} ${output.lineCount === 1 ? 'line' : 'lines'}`;
  return `${lines}, ${byteText(bytes)}${output.isText ? '' : ', not all text'}`;
}

/** Calls back soon after the first change, and then not more often than is of use. */
function calm(output: OutputStore, onChange: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDue = false;
  const stop = output.onChange(() => {
    isDue = true;
    if (timer !== undefined) return;
    const tell = () => {
      timer = undefined;
      if (!isDue) return;
      isDue = false;
      onChange();
      timer = setTimeout(tell, SUMMARY_EVERY_MS);
    };
    timer = setTimeout(tell, SUMMARY_AFTER_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
