import { isFinal } from '@runbin/contracts/status';
import { decodeBytes } from '@runbin/contracts/text';
import { figuresOf, verdictOf } from '../share/verdict';
import type { ShownLink } from '../urls/link.desk';
import type { ArchiveEntry } from './zip.archive';

/** The files of a submission lie here, so that none of them is in the way of what is beside them. */
const FILES = 'program';

/** What the archive of a link holds: its files, input, what came out, and a word on each. */
export function archiveEntries(shown: ShownLink, address: string): ArchiveEntry[] {
  const { submission, result } = shown;
  const entries: ArchiveEntry[] = submission.files.map((file) => ({
    name: `${FILES}/${file.name}`,
    bytes: decodeBytes(file),
  }));
  const add = (name: string, content: string, encoding: 'utf-8' | 'base64') => {
    if (content !== '') entries.push({ name, bytes: decodeBytes({ content, encoding }) });
  };
  add('input.txt', submission.code_input, submission.code_input_encoding);
  if (result) {
    add('stdout.txt', result.stdout, result.stdout_encoding);
    add('stderr.txt', result.stderr, result.stderr_encoding);
    if (result.compile) add('compiler.txt', result.compile.output, result.compile.output_encoding);
  }
  add('README.txt', readme(shown, address), 'utf-8');
  return entries;
}

function readme(shown: ShownLink, address: string): string {
  const { submission, result, result_problem } = shown;
  const list = (name: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${name}: ${JSON.stringify(items)}`];
  return [
    address,
    '',
    `Language: ${submission.language} ${submission.language_version ?? ''}`.trimEnd(),
    `Submitted: ${submission.created_at}`,
    `Entry: ${submission.files[0]?.name ?? ''}`,
    ...list('Arguments', submission.args),
    ...list('Compiler arguments', submission.compiler_args),
    '',
    `${verdictOf(shown).words}. ${result?.message ?? result_problem?.detail ?? ''}`,
    ...(result ? figuresOf(result).map(([name, value]) => `${name}: ${value}`) : []),
    ...(result?.stdout_truncated ? ['stdout was cut off at the limit of the run.'] : []),
    ...(result?.stderr_truncated ? ['stderr was cut off at the limit of the run.'] : []),
    ...(result && !isFinal(result.status) ? ['The run was not over when this was downloaded.'] : []),
    '',
    `${FILES}/ holds what was submitted, input.txt what it read, stdout.txt and stderr.txt what it wrote.`,
    '',
  ].join('\n');
}
