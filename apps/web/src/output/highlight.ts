import type { RowList } from './row.list';

const NAME = 'output-search';
const CURRENT = 'row-current';

/**
 * Shows where a text is in a row, which is drawn in the next frame if it is not yet. By ranges, where the browser can:
 * nothing that is drawn changes.
 * @returns ends it
 */
export function highlight(list: RowList | null, row: number, text: string): () => void {
  const frame = requestAnimationFrame(() => {
    const element = list?.elementOf(row);
    if (!element) return;
    element.classList.add(CURRENT);
    if ('highlights' in CSS)
      CSS.highlights.set(NAME, new Highlight(...rangesOf(element, text.toLowerCase())));
  });
  return () => {
    cancelAnimationFrame(frame);
    list?.elementOf(row)?.classList.remove(CURRENT);
    if ('highlights' in CSS) CSS.highlights.delete(NAME);
  };
}

function rangesOf(element: HTMLElement, text: string): Range[] {
  const nodes: { node: Text; start: number }[] = [];
  let whole = '';
  const root = element.querySelector('.row-text') ?? element;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node: node as Text, start: whole.length });
    whole += node.nodeValue ?? '';
  }
  const ranges: Range[] = [];
  const lower = whole.toLowerCase();
  for (let at = lower.indexOf(text); at !== -1; at = lower.indexOf(text, at + text.length)) {
    const range = document.createRange();
    const [start, end] = [placeOf(nodes, at), placeOf(nodes, at + text.length - 1)];
    if (!start || !end) continue;
    range.setStart(start.node, start.offset);
    range.setEnd(end.node, end.offset + 1);
    ranges.push(range);
  }
  return ranges;
}

function placeOf(nodes: readonly { node: Text; start: number }[], at: number) {
  const found = nodes.findLast(({ start }) => start <= at);
  const offset = at - (found?.start ?? 0);
  return found && offset < found.node.length ? { node: found.node, offset } : undefined;
}
