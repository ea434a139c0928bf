import { readFileSync, writeFileSync } from 'node:fs';

const BEGIN = '<!-- hostile:begin -->';
const END = '<!-- hostile:end -->';
const ENGINES = ['bubblewrap', 'docker'];

/**
 * Writes what became of each case into a document, between its two marks. Each engine has a column; that of the
 * other engine stays as it was.
 * @param engine whose outcomes these are
 */
export function writeTable(file, engine, cases, reports) {
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  if (from < BEGIN.length || to < from) throw new Error(`${file} has no place for the table`);
  const known = cellsOf(text.slice(from, to));
  const rows = cases.map(({ id, title, why }) => {
    const report = reports.find((one) => one.id === id);
    const outcomes = ENGINES.map((name, column) =>
      name === engine ? outcomeOf(report) : (known.get(id)?.[column + 2] ?? 'not run yet'),
    );
    return [id, title, ...outcomes, why ?? ''];
  });
  const table = [
    ['', 'program', ...ENGINES, 'why it is there'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  const lines = table.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  writeFileSync(file, `${text.slice(0, from)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`);
}

/** Id → cells of its row. */
function cellsOf(table) {
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map((row) => [row[0], row]));
}

function outcomeOf({ verdicts, problems }) {
  const verdict = Object.entries(verdicts)
    .map(([name, times]) => (times === 1 ? name : `${name} × ${times}`))
    .join(', ');
  return problems.length === 0 ? verdict : `**${verdict}: ${problems.join('; ')}**`;
}
