import { useEffect, useRef, useState } from 'react';
import { Button } from '../components/button';
import { MAX_FOUND, OutputSearch } from './output.search';
import type { OutputStore } from './output.store';
import type { RowListRef } from './output.view';
import { highlight } from './highlight';
import { countText } from './units';

interface OutputSearchBarProps {
  readonly output: OutputStore;
  readonly list: RowListRef;
  readonly onClose: () => void;
}

/** Finds text in the output, and goes from one place to the next: Enter, Shift+Enter; Escape ends it. */
export function OutputSearchBar({ output, list, onClose }: OutputSearchBarProps) {
  const [text, setText] = useState('');
  const [count, setCount] = useState(0);
  const [at, setAt] = useState(-1);
  const search = useRef<OutputSearch>(null);
  // A step that was wanted before anything was found.
  const wanted = useRef<1 | -1>(null);

  const go = (from: number, step: 1 | -1) => {
    const found = search.current?.found ?? [];
    if (found.length === 0) {
      wanted.current = step;
      return;
    }
    const next = from === -1 && step === -1 ? found.length - 1 : (from + step + found.length) % found.length;
    setAt(next);
    list.current?.show(found[next] ?? 0);
  };
  useEffect(() => {
    setCount(0);
    setAt(-1);
    if (text === '') return undefined;
    wanted.current = null;
    const looking = new OutputSearch(output, text, () => {
      setCount(looking.found.length);
      if (wanted.current !== null && looking.found.length > 0) {
        go(-1, wanted.current);
        wanted.current = null;
      }
    });
    search.current = looking;
    return () => {
      search.current = null;
      looking.dispose();
    };
  }, [output, text]);

  const row = search.current?.found[at];
  useEffect(() => (row === undefined ? undefined : highlight(list.current, row, text)), [list, row, text]);

  return (
    <div className="output-search" role="search">
      <input
        className="output-search-text"
        type="search"
        aria-label="Find in the output"
        placeholder="Find in the output"
        value={text}
        autoFocus
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          else if (event.key === 'Enter') go(at, event.shiftKey ? -1 : 1);
          else return;
          event.preventDefault();
        }}
      />
      <span className="output-search-count" role="status">
        {text === '' ? '' : foundText(at, count)}
      </span>
      <Button kind="plain" isDisabled={count === 0} onPress={() => go(at, -1)}>
        Previous
      </Button>
      <Button kind="plain" isDisabled={count === 0} onPress={() => go(at, 1)}>
        Next
      </Button>
      <Button kind="plain" onPress={onClose}>
        Done
      </Button>
    </div>
  );
}

function foundText(at: number, count: number): string {
  if (count === 0) return 'In no line';
  const lines = `${countText(count)}${count === MAX_FOUND ? ' or more' : ''} ${count === 1 ? 'line' : 'lines'}`;
  return at === -1 ? `In ${lines}` : `${countText(at + 1)} of ${lines}`;
}
