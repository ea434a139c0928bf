import type { OutputMessage } from '@runbin/contracts/live';
import { decodeBytes } from '@runbin/contracts/text';
import type { OutputPiece } from '../sandbox/sandbox';
import { OutputRecord } from './output.record';
import { OutputStream } from './output.stream';

const RUN = {
  submission_id: '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e',
  attempt: 3,
  picked_at: '2026-11-26T12:00:00.000Z',
};

let sent: OutputMessage[];
let record: OutputRecord;
let stream: OutputStream;
let seq: number;

beforeEach(() => {
  jest.useFakeTimers();
  sent = [];
  seq = 0;
  record = new OutputRecord(RUN);
  stream = new OutputStream(record, (message) => sent.push(message));
});
afterEach(() => {
  stream[Symbol.dispose]();
  jest.useRealTimers();
});

const write = (text: string | Buffer, to: OutputPiece['stream'] = 'stdout', atMs = seq) =>
  stream.take({ stream: to, seq: seq++, atMs, bytes: Buffer.from(text) });
const chunks = () => sent.filter((message) => !message.final);
const said = () => chunks().map(({ stream: of, data }) => `${of} ${data}`);
const bytesOf = (of: OutputPiece['stream']) =>
  Buffer.concat(
    chunks()
      .filter((message) => message.stream === of)
      .map(({ data, encoding }) => decodeBytes({ content: data, encoding })),
  );

it('sends the first byte at once, and gathers what comes right behind it', () => {
  write('a');
  expect(said()).toEqual(['stdout a']);
  write('b');
  write('c');
  expect(said()).toEqual(['stdout a']);
  jest.advanceTimersByTime(16);
  expect(said()).toEqual(['stdout a', 'stdout bc']);
  jest.advanceTimersByTime(1000);
  write('d');
  expect(said()).toEqual(['stdout a', 'stdout bc', 'stdout d']);
});

it('keeps the order of both streams in one count, and says when it is over', () => {
  write('1');
  write('2', 'stderr');
  write('3');
  write('4');
  stream.end();
  expect(said()).toEqual(['stdout 1', 'stderr 2', 'stdout 34']);
  expect(sent.map((message) => message.seq)).toEqual([0, 1, 2, 3]);
  expect(chunks().map(({ at_ms }) => at_ms)).toEqual([0, 1, 2]);
  expect(sent.at(-1)).toEqual({ v: 1, ...RUN, seq: 3, final: true });
});

it('does not wait once much has come', () => {
  write('a');
  write('x'.repeat(32 * 1024 - 1));
  expect(chunks()).toHaveLength(1);
  write('y');
  expect(chunks()).toHaveLength(2);
  expect(jest.getTimerCount()).toBe(0);
});

it('cuts no character in two, however the pieces are cut', () => {
  const text = Buffer.from('é✓🎈'.repeat(10));
  for (const byte of text) {
    write(Buffer.from([byte]));
    jest.advanceTimersByTime(16);
  }
  stream.end();
  expect(chunks().every(({ encoding }) => encoding === 'utf-8')).toBe(true);
  expect(bytesOf('stdout')).toEqual(text);
});

it('tells the time of the first byte, also of one that had to wait for the rest of its character', () => {
  write(Buffer.from([0xe2]), 'stdout', 10);
  jest.advanceTimersByTime(100);
  write(Buffer.from([0x9c, 0x93]), 'stdout', 110);
  expect(chunks()).toMatchObject([{ data: '✓', at_ms: 10 }]);
});

it('passes on what is no text, byte for byte, and what ends within a character', () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  write(every, 'stderr');
  write(Buffer.from([0x61, 0xe2, 0x9c]));
  stream.end();
  expect(chunks().map(({ encoding }) => encoding)).toEqual(['base64', 'utf-8', 'base64']);
  expect(bytesOf('stderr')).toEqual(every);
  expect(bytesOf('stdout')).toEqual(Buffer.from([0x61, 0xe2, 0x9c]));
});

it('makes few messages of a program that alternates as fast as it can, and loses none of it', () => {
  for (let i = 0; i < 10_000; i++) write(i % 2 === 0 ? 'o' : 'e', i % 2 === 0 ? 'stdout' : 'stderr');
  stream.end();
  expect(bytesOf('stdout').toString()).toBe('o'.repeat(5_000));
  expect(bytesOf('stderr').toString()).toBe('e'.repeat(5_000));
  expect(chunks().length).toBeLessThan(20);
});

describe('names few enough pieces that a result can tell them all', () => {
  const MIB = 1024 * 1024;
  const both = (bytes: Buffer) => {
    for (const to of ['stdout', 'stderr'] as const) stream.take({ stream: to, seq: seq++, atMs: 0, bytes });
  };

  it.each([
    // Of each stream in a turn, and how long until the next; 60 s or 16 MiB of each, whichever comes first.
    ['turns every millisecond, for as long as a run may', 250, 1],
    ['turns whenever something would be sent at once', 4_000, 16],
    ['turns as fast as it can, in small pieces', 256, 0],
    ['turns as fast as it can, in large pieces', 32 * 1024, 0],
    ['floods a little in each moment', 2_048, 8],
  ])('of a program that %s', (_, bytes, everyMs) => {
    const turns = Math.min((16 * MIB) / bytes, everyMs === 0 ? Infinity : 60_000 / everyMs);
    const piece = Buffer.alloc(bytes, 'x');
    for (let turn = 0; turn < turns; turn++) {
      both(piece);
      jest.advanceTimersByTime(everyMs);
    }
    stream.end();
    expect(chunks().length).toBeLessThan(5_000);
    expect(chunks().reduce((sum, { data }) => sum + data.length, 0)).toBe(Math.ceil(turns) * bytes * 2);
    expect(Math.max(...chunks().map(({ data }) => data.length))).toBeLessThan(MIB / 2);
  });

  it('of a program that changes its ways', () => {
    const until = (seconds: number, bytes: number, everyMs: number) => {
      const piece = Buffer.alloc(bytes, 'x');
      for (let ms = 0; ms < seconds * 1_000; ms += everyMs) {
        both(piece);
        jest.advanceTimersByTime(everyMs);
      }
    };
    const small = Buffer.alloc(256, 'x');
    for (let i = 0; i < 32_768; i++) both(small); // half of its bytes in no time
    until(30, 1, 1);
    until(29, 200, 1);
    stream.end();
    expect(chunks().length).toBeLessThan(5_000);
  });
});

it('keeps exactly what it sent', () => {
  for (const byte of Buffer.from('é✓\xff🎈'.repeat(40), 'utf8')) {
    write(Buffer.from([byte]), byte % 3 === 0 ? 'stderr' : 'stdout', seq + 0.4);
    if (byte % 5 === 0) jest.advanceTimersByTime(16);
  }
  stream.end();
  expect(record.log).toEqual(
    chunks().map(({ stream: of, at_ms, data, encoding }) => [
      of,
      at_ms,
      decodeBytes({ content: data, encoding }).length,
    ]),
  );
  expect(record.page({ attempt: RUN.attempt, seq: 0 })).toEqual({
    attempt: RUN.attempt,
    picked_at: RUN.picked_at,
    chunks: chunks(),
    written: chunks().length,
    ended: true,
  });
});

it('sends nothing any more once it is disposed', () => {
  write('a');
  write('b');
  stream[Symbol.dispose]();
  jest.advanceTimersByTime(1000);
  expect(said()).toEqual(['stdout a']);
});
