import { OUTPUT_PAGE_BYTES, OutputPageSchema } from '@runbin/contracts/live';
import { OutputRecord } from './output.record';

const HEAD = { attempt: 3, picked_at: '2026-11-26T12:00:00.000Z' };
const RUN = { submission_id: '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e', ...HEAD };

let record: OutputRecord;
beforeEach(() => (record = new OutputRecord(RUN)));

const write = (text: string | Buffer, at_ms = 0) =>
  record.add({ stream: 'stdout', at_ms, bytes: Buffer.from(text) });
const read = (seq: number, attempt = RUN.attempt) => record.page({ attempt, seq });
const dataOf = (seq: number, attempt?: number) => read(seq, attempt).chunks.map(({ data }) => data);

it('says of a run that has written nothing that more may come', () => {
  expect(read(0)).toEqual({ ...HEAD, chunks: [], written: 0, ended: false });
  record.end();
  expect(read(0)).toEqual({ ...HEAD, chunks: [], written: 0, ended: true });
});

it('tells what was published, from a place on', () => {
  const published = [write('a', 1), write(Buffer.from([0xff]), 2), write('c', 3)];
  expect(read(0)).toEqual({ ...HEAD, chunks: published, written: 3, ended: false });
  expect(read(1).chunks).toEqual(published.slice(1));
  expect(read(3)).toEqual({ ...HEAD, chunks: [], written: 3, ended: false });
  expect(read(99).chunks).toEqual([]);
});

it('tells whoever followed another attempt this one, from its beginning', () => {
  write('a');
  write('b');
  expect(dataOf(1, 2)).toEqual(['a', 'b']);
  expect(dataOf(1, 0)).toEqual(['a', 'b']);
});

it('comes in pages that fit into a message, and loses nothing between them', () => {
  for (let i = 0; i < 1_000; i++) write(Buffer.alloc(i * 37));
  const told: number[] = [];
  for (let page = read(0); page.chunks.length > 0; page = read(told.length)) {
    // Each of these bytes is six characters in JSON.
    expect(JSON.stringify(page).length).toBeLessThan(7 * OUTPUT_PAGE_BYTES + 1_000 * 200);
    expect(OutputPageSchema.parse(page)).toEqual(page);
    told.push(...page.chunks.map(({ data }) => data.length));
  }
  expect(told).toEqual(Array.from({ length: 1_000 }, (_, i) => i * 37));
});

it('tells a piece that is larger than a page, alone', () => {
  write('x'.repeat(OUTPUT_PAGE_BYTES + 1));
  write('b');
  expect(dataOf(0).map(({ length }) => length)).toEqual([OUTPUT_PAGE_BYTES + 1]);
  expect(dataOf(1)).toEqual(['b']);
});

it('makes a log of it', () => {
  write('é', 5);
  record.add({ stream: 'stderr', at_ms: 7, bytes: Buffer.from([0xff]) });
  expect(record.log).toEqual([
    ['stdout', 5, 2],
    ['stderr', 7, 1],
  ]);
});
