import { OutputEventSchema } from './follow.events';
import { piecesOf } from './output.pieces';
import type { OutputLog } from './result';
import { decodeBytes, encodeBytes } from './text';

function result(stdout: string | Buffer, stderr: string | Buffer = '') {
  const [out, err] = [encodeBytes(Buffer.from(stdout)), encodeBytes(Buffer.from(stderr))];
  return {
    attempt: 2,
    stdout: out.content,
    stdout_encoding: out.encoding,
    stderr: err.content,
    stderr_encoding: err.encoding,
  };
}

const told = (...args: Parameters<typeof piecesOf>) =>
  [...piecesOf(...args)].map(({ stream, data, encoding }) => [stream, data, encoding]);

const LOG: OutputLog = [
  ['stdout', 1, 4],
  ['stderr', 2, 3],
  ['stdout', 900, 2],
];

it('tells the pieces as they were published, each with its place', () => {
  const events = [...piecesOf(result('éabcd', 'err'), LOG)];
  expect(events).toEqual([
    {
      ...{ type: 'output', position: '2.1', attempt: 2, seq: 0, at_ms: 1 },
      ...{ stream: 'stdout', data: 'éab', encoding: 'utf-8' },
    },
    {
      ...{ type: 'output', position: '2.2', attempt: 2, seq: 1, at_ms: 2 },
      ...{ stream: 'stderr', data: 'err', encoding: 'utf-8' },
    },
    {
      ...{ type: 'output', position: '2.3', attempt: 2, seq: 2, at_ms: 900 },
      ...{ stream: 'stdout', data: 'cd', encoding: 'utf-8' },
    },
  ]);
  for (const event of events) expect(OutputEventSchema.parse(event)).toEqual(event);
});

it('goes on behind the pieces that are known', () => {
  expect(
    [...piecesOf(result('abcdef', 'err'), LOG, 2)].map(({ position, data }) => [position, data]),
  ).toEqual([['2.3', 'ef']]);
  expect(told(result('abcdef', 'err'), LOG, 3)).toEqual([]);
  expect(told(result('abcdef', 'err'), LOG, 99)).toEqual([]);
});

it('encodes each piece for itself: text stays text beside what is none', () => {
  const bytes = Buffer.concat([Buffer.from('text'), Buffer.from([0xff, 0xe2])]);
  expect(told(result(bytes, 'err'), LOG)).toEqual([
    ['stdout', 'text', 'utf-8'],
    ['stderr', 'err', 'utf-8'],
    ['stdout', '/+I=', 'base64'],
  ]);
});

it('makes pieces of its own where nothing is known of those that were published', () => {
  expect(told(result('a\0b', Buffer.from([0xff])), null)).toEqual([
    ['stdout', 'a\0b', 'utf-8'],
    ['stderr', '/w==', 'base64'],
  ]);
  expect(told(result(''), null)).toEqual([]);
});

it.each([
  ['text', '€'.repeat(50_000)],
  ['bytes', Buffer.alloc(150_000, 0xe2)],
  [
    'text that ends within a character',
    Buffer.concat([Buffer.from('€'.repeat(50_000)), Buffer.from([0xe2])]),
  ],
  ['as many bytes as one piece has', 'x'.repeat(32 * 1024)],
])('cuts %s into pieces of 32 KiB, and no character', (_, output) => {
  const pieces = [...piecesOf(result(output, output), null)];
  for (const stream of ['stdout', 'stderr']) {
    const own = pieces.filter((piece) => piece.stream === stream);
    const bytes = own.map(({ data: content, encoding }) => decodeBytes({ content, encoding }));
    expect(Buffer.concat(bytes)).toEqual(Buffer.from(output));
    expect(Math.max(...bytes.map(({ length }) => length))).toBeLessThanOrEqual(32 * 1024);
    expect(Math.min(...bytes.slice(0, -2).map(({ length }) => length))).toBeGreaterThan(32 * 1024 - 4);
    if (typeof output === 'string') expect(own.every(({ encoding }) => encoding === 'utf-8')).toBe(true);
  }
  expect(pieces.map(({ seq }) => seq)).toEqual([...pieces.keys()]);
});

it.each<[string, OutputLog]>([
  ['says less', [['stdout', 1, 2]]],
  ['says more', [['stdout', 1, 7]]],
  ['is of another stream', [['stderr', 1, 6]]],
  ['is empty', []],
])('loses nothing by a log that %s', (_, log) => {
  expect(told(result('abcdef'), log)).toEqual([['stdout', 'abcdef', 'utf-8']]);
});
