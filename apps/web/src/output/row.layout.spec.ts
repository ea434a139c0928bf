import { RowLayout } from './row.layout';

/** Rows of which every seventh is long. */
const lengthOf = (row: number) => (row % 7 === 0 ? 250 : row % 5);
const linesOf = (row: number, columns: number) => Math.max(1, Math.ceil(lengthOf(row) / columns));

function layoutOf(count: number, columns = 100) {
  const rows = { count, length: lengthOf };
  const layout = new RowLayout(rows, columns);
  layout.update();
  return { rows, layout };
}

it.each([100, Infinity])('knows where rows are, %d columns wide', (columns) => {
  const { layout } = layoutOf(5000, columns);
  let line = 0;
  for (let row = 0; row < 5000; row++) {
    const own = columns === Infinity ? 1 : linesOf(row, columns);
    if (row % 97 === 0 || row > 4990) {
      expect(layout.lineOf(row)).toBe(line);
      expect(layout.rowAt(line)).toEqual({ row, linesIn: 0 });
      if (own > 1) expect(layout.rowAt(line + own - 1)).toEqual({ row, linesIn: own - 1 });
    }
    line += own;
  }
  expect(layout.lineCount).toBe(line);
});

it('grows with the rows, and with the last of them', () => {
  const { rows, layout } = layoutOf(0);
  expect([layout.lineCount, layout.rowAt(5)]).toEqual([0, { row: 0, linesIn: 0 }]);
  for (const count of [1, 1024, 1025, 3000, 100_000]) {
    rows.count = count;
    layout.update();
    expect(layout.lineCount).toBe(layoutOf(count).layout.lineCount);
  }
  rows.length = (row) => (row === 99_999 ? 1000 : lengthOf(row));
  const before = layout.lineCount;
  layout.update();
  expect(layout.lineCount).toBe(before + 10 - linesOf(99_999, 100));
});

it('stays within its rows', () => {
  const { layout } = layoutOf(10);
  expect(layout.rowAt(-5).row).toBe(0);
  expect(layout.rowAt(1e9).row).toBe(9);
});
