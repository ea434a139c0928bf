import type { Interactive } from '@runbin/contracts/interactive';
import type { RunningProgram } from '../sandbox/sandbox';
import { RunInput } from './run.input';

const OPEN: Interactive = { stdin: 'open', terminal: null };
const TERMINAL: Interactive = { stdin: 'open', terminal: { columns: 80, rows: 24 } };

const stdin = (data: string) => ({ v: 1, kind: 'stdin', data, encoding: 'utf-8' });
const eof = { v: 1, kind: 'eof' };
const interrupt = { v: 1, kind: 'signal', signal: 'INT' };
const resize = { v: 1, kind: 'resize', columns: 100, rows: 50 };
const cancel = { v: 1, kind: 'cancel' };
const accepted = { accepted: true, reason: null };
const refused = (reason: string) => ({ accepted: false, reason });

/** A program that notes what it is given. */
function program(answer: ReturnType<RunningProgram['write']> = 'taken') {
  const got: unknown[] = [];
  const running: RunningProgram = {
    write: (bytes) => {
      if (answer === 'taken') got.push(bytes.toString());
      return answer;
    },
    end: () => got.push('end'),
    signal: (number) => got.push(number),
    resize: (size) => got.push(size),
  };
  return { running, got };
}

it('hands everything over in order, also what came before the program', () => {
  const input = new RunInput(TERMINAL);
  const { running, got } = program();
  const messages = [stdin('a'), interrupt, resize, eof, stdin('b')];
  for (const message of messages.slice(0, 3)) expect(input.take(message)).toEqual(accepted);
  expect(got).toEqual([]);
  input.attach(running);
  for (const message of messages.slice(3)) expect(input.take(message)).toEqual(accepted);
  expect(got).toEqual(['a', 2, { columns: 100, rows: 50 }, 'end', 'b']);
});

it('takes nothing behind the end of input, unless that is a key', () => {
  const input = new RunInput(OPEN);
  expect([eof, stdin('late')].map((message) => input.take(message))).toEqual([accepted, refused('closed')]);
});

it.each([stdin('a'), eof, interrupt, resize])('refuses %j where nobody asked for it', (message) => {
  expect(new RunInput(null).take(message)).toEqual(refused('not_interactive'));
});

it('can be cancelled in any case', () => {
  const input = new RunInput(null);
  expect(input.cancelled.aborted).toBe(false);
  expect(input.take(cancel)).toEqual(accepted);
  expect(input.cancelled.aborted).toBe(true);
});

it('refuses a size where there is no terminal, and what is no input', () => {
  const input = new RunInput(OPEN);
  expect(input.take(resize)).toEqual(refused('no_terminal'));
  expect(input.take({ v: 1, kind: 'stdin' })).toEqual(refused('malformed'));
});

it.each([
  ['full', 'queue_full'],
  ['closed', 'closed'],
] as const)('says when the program is %s', (answer, reason) => {
  const input = new RunInput(OPEN);
  input.attach(program(answer).running);
  expect(input.take(stdin('a'))).toEqual(refused(reason));
});

it('keeps a bounded number of bytes and of messages until the program starts', () => {
  const bytes = new RunInput(OPEN);
  const piece = stdin('x'.repeat(64 * 1024));
  expect([1, 2, 3, 4, 5].map(() => bytes.take(piece).accepted)).toEqual([true, true, true, true, false]);
  const messages = new RunInput(OPEN);
  for (let i = 0; i < 1024; i++) expect(messages.take(stdin('')).accepted).toBe(true);
  expect(messages.take(stdin(''))).toEqual(refused('queue_full'));
});
