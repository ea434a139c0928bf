import { isFinal } from '@runbin/contracts/status';
import { decodeBytes } from '@runbin/contracts/text';
import type { Catalogue } from '@runbin/languages/catalogue';
import { AnsiReader } from '../display/ansi';
import { visibleText } from '../display/deceptive';
import { grammarOf } from '../display/grammars';
import { type Highlighter, timeOfPage } from '../display/highlighter';
import type { StyledText } from '../display/styled.text';
import { type Verdict, verdictOf } from '../share/verdict';
import type { ShownLink } from '../urls/link.desk';

/** Of a file and of output: more than fits into a card. */
const READ_CHARACTERS = 8 * 1024;

/** Wider than the card. */
const LINE_CHARACTERS = 120;

const TAB = '    ';

/** What a card says. */
export interface CardText {
  readonly language: string;
  readonly fileName: string;
  readonly verdict: Verdict;
  readonly code: readonly (readonly StyledText[])[];
  readonly output: readonly string[];
  /** There is more code, or output, than its lines. */
  readonly hasMoreCode: boolean;
  readonly hasMoreOutput: boolean;
}

/** @param lines that there is room for */
export function cardText(
  shown: ShownLink,
  catalogue: Catalogue,
  highlighter: Highlighter,
  lines: { readonly code: number; readonly output: number },
  time = timeOfPage(),
): CardText {
  const { submission } = shown;
  const [entry] = submission.files;
  const language = catalogue.get(submission.language);
  const label = [language?.label ?? submission.language, submission.language_version]
    .filter(Boolean)
    .join(' ');
  const source = entry?.encoding === 'utf-8' ? beginning(entry.content, lines.code) : '';
  const coloured = highlighter.colour(
    source,
    grammarOf(entry?.name ?? '', true, language, catalogue.all()),
    time,
  );
  const output = outputOf(shown);
  const outputLines = linesOf([{ text: beginning(output, lines.output), style: '' }]);
  return {
    language: visibleText(label),
    fileName: visibleText(entry?.name ?? ''),
    verdict: verdictOf(shown),
    code: linesOf(coloured).slice(0, lines.code),
    output: outputLines.slice(0, lines.output).map((line) => line.map(({ text }) => text).join('')),
    hasMoreCode: (entry?.content.trimEnd().length ?? 0) > source.trimEnd().length,
    hasMoreOutput: output.trimEnd().length > beginning(output, lines.output).trimEnd().length,
  };
}

/** The first lines, within what is read. */
const beginning = (text: string, lines: number) =>
  text.slice(0, READ_CHARACTERS).split('\n', lines).join('\n');

/** What the program wrote, or its compiler where that was the end; without its colours. */
function outputOf({ result }: ShownLink): string {
  if (!result || !isFinal(result.status)) return '';
  const { compile } = result;
  const candidates = [
    { content: result.stdout, encoding: result.stdout_encoding },
    { content: result.stderr, encoding: result.stderr_encoding },
    ...(compile ? [{ content: compile.output, encoding: compile.output_encoding }] : []),
  ];
  const first = candidates.find(({ content }) => content.trim() !== '');
  if (!first) return '';
  if (first.encoding === 'base64') return `${decodeBytes(first).length} bytes that are no text`;
  return [...new AnsiReader().read(first.content.slice(0, READ_CHARACTERS))].map(({ text }) => text).join('');
}

/** Lines of what can be seen, none longer than the card is wide, without the empty ones at the end. */
function linesOf(runs: readonly StyledText[]): StyledText[][] {
  const lines: StyledText[][] = [[]];
  let width = 0;
  for (const { text, style } of runs) {
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) {
        lines.push([]);
        width = 0;
      }
      const seen = visibleText(part.replaceAll('\t', TAB).replaceAll('\r', ''));
      const fitting = seen.slice(0, LINE_CHARACTERS - width);
      width += fitting.length;
      if (fitting !== '') lines.at(-1)?.push({ text: fitting, style });
    }
  }
  while (lines.at(-1)?.every(({ text }) => text.trim() === '')) lines.pop();
  return lines;
}
