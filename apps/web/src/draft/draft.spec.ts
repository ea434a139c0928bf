import type { LanguageSummary } from '@runbin/contracts/language';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { FileNameSchema, type Submission, SubmitCodeRequestSchema } from '@runbin/contracts/submission';
import {
  draftOf,
  exampleDraft,
  freeName,
  isUntouched,
  nameProblem,
  submissionOf,
  titleOf,
  withEntry,
  withFile,
  withNewFile,
  withoutFile,
} from './draft';

const python: LanguageSummary = {
  id: 'python',
  label: 'Python',
  version: '3.11.2',
  available: true,
  aliases: [],
  source_name: 'main.py',
  limits: DEFAULT_LIMITS,
  takes_compiler_args: false,
  example: '#!/usr/bin/python\n\nprint("hi")\n',
};
const example = exampleDraft(python);
const [entry] = example.files;
if (!entry) throw new Error('a draft has a file');

describe('a draft', () => {
  it('begins as the example, which is nothing yet', () => {
    expect(isUntouched(example, python)).toBe(true);
    expect(isUntouched(withFile(example, entry.id, { content: 'x' }), python)).toBe(false);
    expect(isUntouched({ ...example, args: 'x' }, python)).toBe(false);
  });

  it('is known by its first line that says something', () => {
    expect(titleOf(example)).toBe('print("hi")');
    expect(titleOf(withFile(example, entry.id, { content: '\n{\n}\n' }))).toBe('main.py');
    expect(titleOf(withFile(example, entry.id, { content: 'x'.repeat(100) }))).toHaveLength(60);
  });

  it('has files, of which one is first and one is left', () => {
    const two = withNewFile(example, 'util.py');
    const util = two.files[1]?.id ?? '';
    expect(withEntry(two, util).files.map(({ name }) => name)).toEqual(['util.py', 'main.py']);
    expect(withoutFile(two, util).files).toHaveLength(1);
    expect(withoutFile(example, entry.id).files).toHaveLength(1);
    expect(freeName(two)).toBe('file3.py');
    expect(freeName(withNewFile(two, 'file4.py'))).toBe('file5.py');
  });

  it('is sent as a request that the API takes', () => {
    const draft = { ...withNewFile(example, 'a b.txt'), args: `1 'two 2'`, limits: { cpu_time_ms: 1000 } };
    const made = submissionOf(draft);
    if ('problem' in made) throw new Error(made.problem);
    expect(SubmitCodeRequestSchema.parse(made.submission)).toMatchObject({
      language: 'python',
      args: ['1', 'two 2'],
      files: [{ name: 'main.py' }, { name: 'a b.txt' }],
    });
  });

  it('is not sent while its arguments make no sense', () => {
    expect(submissionOf({ ...example, compilerArgs: `"` })).toEqual({
      problem: 'Compiler arguments: The quote " is not closed.',
    });
  });

  it('sends no half characters, and no input to a terminal', () => {
    const stdin = { content: '\ud83d', encoding: 'utf-8' as const };
    const made = submissionOf({ ...example, stdin });
    expect('submission' in made && made.submission.code_input).toBe('\ufffd');
    const typed = submissionOf({ ...example, stdin, isInteractive: true });
    expect('submission' in typed && typed.submission.code_input).toBe('');
  });
});

it('is made of what was submitted, and is the same when sent', () => {
  const submission: Submission = {
    submission_id: '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e',
    language: 'python',
    language_version: null,
    code: 'print(1)',
    code_encoding: 'utf-8',
    code_input: 'AAE=',
    code_input_encoding: 'base64',
    files: [
      { name: 'main.py', content: 'print(1)', encoding: 'utf-8' },
      { name: 'data', content: 'AAE=', encoding: 'base64' },
    ],
    args: ['a b', '"'],
    compiler_args: [],
    limits: { ...DEFAULT_LIMITS, wall_time_ms: 1234 },
    created_at: '2026-01-01T00:00:00.000Z',
  };
  const draft = draftOf(submission, python, 5);
  expect(draft.limits).toEqual({ wall_time_ms: 1234 });
  const made = submissionOf(draft);
  const { files, args, code_input, code_input_encoding } = submission;
  expect('submission' in made && made.submission).toMatchObject({
    files,
    args,
    code_input,
    code_input_encoding,
  });
});

describe('the name of a file', () => {
  const names = [
    'main.py',
    'lib/util.py',
    'ünï.txt',
    'a b',
    '',
    '/a',
    'a//b',
    '../a',
    'a\\b',
    'nul.txt',
    'x'.repeat(256),
  ];
  it.each(names)('is refused where the API refuses it: %j', (name) => {
    expect(nameProblem(name, []) === undefined).toBe(FileNameSchema.safeParse(name).success);
  });

  it('is not that of another file or folder', () => {
    expect(nameProblem('a.py', ['a.py'])).toContain('already');
    expect(nameProblem('lib', ['lib/a.py'])).toContain('folder');
    expect(nameProblem('a.py/b', ['a.py'])).toContain('folder');
  });
});
