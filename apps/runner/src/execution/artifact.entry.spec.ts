import { type Compiled, compiledOf, decodeEntry, encodeEntry, factsOf, sizeOf } from './artifact.entry';

const KEY = 'a'.repeat(64);
const COMPILED: Compiled = {
  output: Buffer.from('warning: ü\n'),
  outputTruncated: true,
  artifacts: [
    { name: 'main', content: Buffer.from([0, 1, 2, 255]), mode: 0o755 },
    { name: 'lib/empty', content: Buffer.alloc(0) },
  ],
};

it('gives back what was put in', () => {
  expect(decodeEntry(KEY, encodeEntry(KEY, COMPILED))).toEqual(COMPILED);
  expect(sizeOf(COMPILED)).toBe(16);
});

it('takes an entry that changed anywhere, or that ends early, for none', () => {
  const entry = encodeEntry(KEY, COMPILED);
  for (let at = 0; at < entry.length; at++) {
    const changed = Buffer.from(entry);
    changed.writeUInt8(entry.readUInt8(at) ^ 1, at);
    expect(decodeEntry(KEY, changed)).toBeUndefined();
    expect(decodeEntry(KEY, entry.subarray(0, at))).toBeUndefined();
  }
  expect(decodeEntry(KEY, Buffer.concat([entry, Buffer.alloc(1)]))).toBeUndefined();
});

it('takes the entry of another key for none', () => {
  expect(decodeEntry('b'.repeat(64), encodeEntry(KEY, COMPILED))).toBeUndefined();
});

it('tells of a compile what it made, at no cost', () => {
  expect(factsOf(COMPILED)).toMatchObject({
    exitCode: 0,
    stdout: COMPILED.output,
    cpuTimeMs: 0,
    wallTimeMs: 0,
  });
  expect(compiledOf(factsOf(COMPILED))).toEqual(COMPILED);
});

it.each([
  { exitCode: 1 },
  { exitCode: null, signal: 9 },
  { execErrno: 2 },
  { wallExceeded: true },
  { cpuExceeded: true },
  { memoryExceeded: true },
  { filesDidNotFit: true },
  { artifactsTooLarge: true },
])('keeps nothing of a compile with %j', (difference) => {
  expect(compiledOf({ ...factsOf(COMPILED), ...difference })).toBeUndefined();
});
