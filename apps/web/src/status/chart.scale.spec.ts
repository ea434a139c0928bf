import { axisEnd, pathOf, pointAt, valueAt } from './chart.scale';

it.each<[(number | null)[], number]>([
  [[], 1],
  [[0, null], 1],
  [[0.3], 0.4],
  [[1], 1],
  [[7, 3], 10],
  [[11], 20],
  [[36], 40],
  [[41], 50],
  [[999], 1_000],
  [[1_001], 2_000],
])('an axis for %j ends at %d', (values, end) => {
  expect(axisEnd(values)).toBeCloseTo(end);
});

const AREA = { width: 100, height: 10, places: 10, end: 20 };

it('has the newest at the right, and zero at the bottom', () => {
  expect(pointAt(9, 0, AREA)).toEqual({ x: 95, y: 10 });
  expect(pointAt(0, 20, AREA)).toEqual({ x: 5, y: 0 });
  expect(pointAt(0, 99, AREA).y).toBe(0);
  expect(pathOf([10, 20], AREA)).toBe('M85.0 5.0L95.0 0.0');
});

it('is broken where there is nothing', () => {
  expect(pathOf([10, 10, null, 0], AREA)).toBe('M65.0 5.0L75.0 5.0M95.0 10.0h0.01');
  expect(pathOf([null, null], AREA)).toBe('');
  expect(pathOf([], AREA)).toBe('');
});

it('knows what a pointer is at', () => {
  expect(valueAt(99, 3, AREA)).toBe(2);
  expect(valueAt(500, 3, AREA)).toBe(2);
  expect(valueAt(71, 3, AREA)).toBe(0);
  expect(valueAt(69, 3, AREA)).toBeUndefined();
  expect(valueAt(-5, 10, AREA)).toBe(0);
  expect(valueAt(5, 0, AREA)).toBeUndefined();
});
