/** What an axis may end at, times a power of ten: with a number of people in the middle. */
const ENDS = [1, 2, 4, 5, 10];

/** The least end of an axis from 0 that has room for all of these; 1 when there is nothing to show. */
export function axisEnd(values: readonly (number | null)[]): number {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * (ENDS.find((end) => end * power >= most) ?? 10);
}

interface Area {
  readonly width: number;
  readonly height: number;
  /** How many places there are from left to right; fewer values end at the right. */
  readonly places: number;
  readonly end: number;
}

/** Where the value of a place is: its middle, and its height from above. */
export function pointAt(index: number, value: number, area: Area): { x: number; y: number } {
  const { width, height, places, end } = area;
  return { x: (width * (index + 0.5)) / places, y: height - (height * Math.min(value, end)) / end };
}

/** An SVG path through the values; where there is none, it is broken. A value alone is a short stroke. */
export function pathOf(values: readonly (number | null)[], area: Area): string {
  const first = area.places - values.length;
  const strokes: { x: number; y: number }[][] = [];
  let isBroken = true;
  for (const [at, value] of values.entries()) {
    if (value === null) {
      isBroken = true;
      continue;
    }
    if (isBroken) strokes.push([]);
    isBroken = false;
    strokes.at(-1)?.push(pointAt(first + at, value, area));
  }
  return strokes.map(strokePath).join('');
}

function strokePath(points: readonly { x: number; y: number }[]): string {
  const text = points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return points.length === 1 ? `M${text[0] ?? ''}h0.01` : `M${text.join('L')}`;
}

/** The place that a pointer is at, and the value there as an index into the values; undefined left of them. */
export function valueAt(x: number, count: number, { width, places }: Area): number | undefined {
  const place = Math.min(places - 1, Math.max(0, Math.floor((x / width) * places)));
  const index = place - (places - count);
  return index < 0 ? undefined : index;
}
