import { OutputWindow, WindowPool } from './output.window';
import type { Told } from './told';

const piece = (json: string): Told => ({ type: 'output', position: '1.1', json, sharedJson: json });
const kept = (window: OutputWindow, among: number) =>
  Array.from({ length: among }, (_, seq) => seq).filter((seq) => window.get(seq));

it('keeps what came last, up to its limit', () => {
  const pool = new WindowPool();
  const window = new OutputWindow(pool, 10);
  for (let seq = 0; seq < 8; seq++) window.put(seq, piece('abc'));
  expect(kept(window, 8)).toEqual([5, 6, 7]);
  expect(pool.held).toBe(9);
  window.clear();
  expect([kept(window, 8), pool.held]).toEqual([[], 0]);
});

it('counts a piece that comes again once', () => {
  const pool = new WindowPool();
  const window = new OutputWindow(pool, 10);
  for (let times = 0; times < 5; times++) window.put(3, piece('abcdef'));
  expect([kept(window, 5), pool.held]).toEqual([[3], 6]);
});

it('keeps its newest piece, however large, and nothing else where all together hold too much', () => {
  const pool = new WindowPool(10);
  const [one, two] = [new OutputWindow(pool, 100), new OutputWindow(pool, 100)];
  one.put(0, piece('x'.repeat(20)));
  for (let seq = 0; seq < 5; seq++) two.put(seq, piece('abc'));
  expect([kept(one, 5), kept(two, 5)]).toEqual([[0], [4]]);
  one.clear();
  two.put(5, piece('abc'));
  expect(kept(two, 6)).toEqual([4, 5]);
});
