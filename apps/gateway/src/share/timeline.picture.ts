import type { Result } from '@runbin/contracts/result';
import { type Html, markup } from '../http/html';
import { milliseconds } from './verdict';

/** Of the drawing; a page stretches it. */
const WIDTH = 400;
const HEIGHT = 8;
/** What is shorter is to be seen, too. */
const LEAST_WIDTH = 4;

interface Phase {
  readonly name: string;
  readonly style: string;
  readonly ms: number;
}

/** Where the time of a run went: waiting, preparing, compiling, running. Undefined while it is not over. */
export function timelinePicture(timeline: Result['timeline']): Html | undefined {
  const phases = phasesOf(timeline);
  if (phases.length === 0) return undefined;
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  const free = WIDTH - phases.length * LEAST_WIDTH;
  let x = 0;
  const bars = phases.map(({ style, ms }) => {
    const width = LEAST_WIDTH + (total > 0 ? (free * ms) / total : free / phases.length);
    const bar = markup`<rect class="${style}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="${HEIGHT}"/>`;
    x += width;
    return bar;
  });
  const words = phases.map(({ name, ms }) => `${name} ${milliseconds(ms)}`).join(', ');
  return markup`<figure class="timeline">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${words}">${bars}</svg>
<figcaption>${phases.map(
    ({ name, style, ms }) => markup`<span><i class="${style}"></i>${name} <b>${milliseconds(ms)}</b></span> `,
  )}</figcaption>
</figure>`;
}

function phasesOf({
  queued_at,
  picked_at,
  sandbox_ready_at,
  compiled_at,
  started_at,
  finished_at,
}: Result['timeline']): Phase[] {
  if (finished_at === null) return [];
  const moments: [name: string, style: string, end: string | null][] = [
    ['Queue', 'p1', picked_at],
    ['Sandbox', 'p2', sandbox_ready_at],
    ['Compile', 'p3', compiled_at],
    // Between a compiler and a program a new sandbox is prepared; it is too short to be told apart.
    ['Run', 'p4', finished_at],
  ];
  // A program that never came to run ended with its compiler.
  const neverRan = compiled_at !== null && (started_at === null || started_at < compiled_at);
  const phases: Phase[] = [];
  let begin = Date.parse(queued_at);
  for (const [name, style, end] of moments) {
    if (end === null || (neverRan && name === 'Run' && phases.length > 0)) continue;
    // The clocks of two machines may differ by more than a phase takes.
    phases.push({ name, style, ms: Math.max(0, Date.parse(end) - begin) });
    begin = Math.max(begin, Date.parse(end));
  }
  return phases;
}
