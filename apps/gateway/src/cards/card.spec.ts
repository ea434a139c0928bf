import path from 'node:path';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import type { Result } from '@runbin/contracts/result';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { Highlighter } from '../display/highlighter';
import { queuedResult } from '../submissions/queued.result';
import type { ShownLink } from '../urls/link.desk';
import { cardFont } from './card.fonts';
import { CARD_LINES, cardPicture } from './card.picture';
import { cardText } from './card.text';

const created_at = '2026-01-01T00:00:00.000Z';
const submission_id = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';
const catalogue = loadCatalogue(path.join(__dirname, '../../../../languages'));

function shown(code: string, result: Partial<Result> = {}, name = 'main.py'): ShownLink {
  return {
    link: { code: 'abcdefgh', submission_id, created_at, expires_at: null },
    submission: {
      ...{ submission_id, language: 'python', language_version: '3.11.2', code, code_encoding: 'utf-8' },
      ...{ code_input: '', code_input_encoding: 'utf-8', args: [], compiler_args: [], created_at },
      files: [{ name, content: code, encoding: 'utf-8' }],
      limits: DEFAULT_LIMITS,
    },
    result: {
      ...queuedResult({ submission_id, language: 'python', created_at }),
      status: 'succeeded',
      ...result,
    },
    ...{ result_problem: null, output_log: null },
  };
}

const textOf = (link: ShownLink) => cardText(link, catalogue, new Highlighter(), CARD_LINES, { ms: 10_000 });

it('says what is shown: names, verdict, the beginning of code and output', () => {
  const text = textOf(shown('def f():\n\treturn 1\n\n\n', { stdout: '\u001b[31mred\u001b[0m\nb\nc\nd\n' }));
  expect(text).toMatchObject({ language: 'Python 3.11.2', fileName: 'main.py', output: ['red', 'b', 'c'] });
  expect(text.verdict.words).toBe('Succeeded');
  expect(text.code.map((line) => line.map((run) => run.text).join(''))).toEqual(['def f():', '    return 1']);
  expect(text.code[0]?.[0]).toEqual({ text: 'def', style: 'k' });
  expect([text.hasMoreCode, text.hasMoreOutput]).toEqual([false, true]);
});

it.each<[string, Partial<Result>, string[]]>([
  ['stderr, where stdout is empty', { stderr: 'bad\n' }, ['bad']],
  ['that it is no text', { stdout: '/wA=', stdout_encoding: 'base64' }, ['2 bytes that are no text']],
  ['nothing before the end', { status: 'running', stdout: 'x' }, []],
])('shows %s', (_, result, output) => {
  expect(textOf(shown('x', result)).output).toEqual(output);
});

it('shows what would deceive by its name', () => {
  const text = textOf(shown('a\u202eb\u0000', { stdout: 'c\u2066' }, 'x\u202egpj.py'));
  expect(text.fileName).toBe('xU+202Egpj.py');
  expect(
    text.code
      .flat()
      .map((run) => run.text)
      .join(''),
  ).toBe('aU+202EbU+0000');
  expect(text.output).toEqual(['cU+2066']);
});

it('asks fonts of the machine after its own', () => {
  expect(cardFont(24, 'card-mono')).toMatch(/^24px card-mono, "WenQuanYi Zen Hei", .*"Noto Color Emoji"$/);
});

it.each([
  ['nothing', '', ''],
  ['megabytes in one line', 'x'.repeat(4_000_000), 'y'.repeat(4_000_000)],
  ['a million lines', '\n'.repeat(1_000_000), '\n'.repeat(1_000_000)],
  [
    'what no font has',
    '\ud83d\ude00\u4e16\u754c\u0645\u0631\u062d\u0628\u0627 \u{1f9d1}\u200d\u{1f680}',
    '\ufffd\ud7ff',
  ],
])('draws %s in little time', async (_, code, stdout) => {
  const text = textOf(shown(code, { stdout }));
  expect(text.code.length).toBeLessThanOrEqual(CARD_LINES.code);
  expect(text.code.every((line) => line.reduce((sum, run) => sum + run.text.length, 0) <= 120)).toBe(true);
  const before = process.cpuUsage();
  const picture = await cardPicture(text);
  const { user, system } = process.cpuUsage(before);
  expect(picture.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1200, 630]);
  expect(picture.length).toBeLessThan(300_000);
  // The first one loads the library, too.
  expect(user + system).toBeLessThan(5_000_000);
});
