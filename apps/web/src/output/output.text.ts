import { spansOf } from './ansi';
import type { OutputStore } from './output.store';

/** What is to be seen of an output, as text: without colours, and of lines that were drawn again the last. */
export function shownText(output: OutputStore): string {
  const lines: string[] = [];
  for (let index = 0; index < output.rowCount; index++) {
    const row = output.row(index);
    const text = row.omitted > 0 ? (output.wholeRow(index) ?? row.text) : row.text;
    const shown = spansOf(text, row.pen)
      .map((span) => span.text)
      .join('');
    // A line that is several rows only because it is long is one line.
    const before = index > 0 ? output.row(index - 1) : undefined;
    if (row.continues && before?.stream === row.stream) lines.push(`${lines.pop() ?? ''}${shown}`);
    else lines.push(shown);
  }
  const text = lines.join('\n');
  return text === '' ? '' : `${text}\n`;
}

/** Lets the browser save bytes as a file. */
export function downloadBytes(name: string, bytes: readonly Uint8Array<ArrayBuffer>[]): void {
  const url = URL.createObjectURL(new Blob([...bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun with the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
