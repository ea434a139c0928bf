import type { RunResult } from './verdict';
import { durationText } from './units';

export interface Stage {
  readonly name: 'queue' | 'sandbox' | 'compile' | 'start' | 'run';
  readonly label: string;
  /** Milliseconds after it was queued. */
  readonly fromMs: number;
  readonly ms: number;
}

const LABELS: Record<Stage['name'], string> = {
  queue: 'in the queue',
  sandbox: 'sandbox',
  compile: 'compiling',
  start: 'starting',
  run: 'running',
};

/** What of a result tells where its time went. */
export type TimelineFacts = Pick<RunResult, 'timeline'> & Partial<Pick<RunResult, 'compile' | 'usage'>>;

/** The stages that a run went through, one behind the other. Clocks tell milliseconds; a run's own time is finer. */
export function stagesOf({ timeline, compile, usage }: TimelineFacts): Stage[] {
  const queued = Date.parse(timeline.queued_at);
  const after = (moment: string | null) => (moment === null ? null : Date.parse(moment) - queued);
  const finished = after(timeline.finished_at);
  const marks: [Stage['name'], number | null][] = [
    ['queue', after(timeline.picked_at) ?? after(timeline.started_at)],
    ['sandbox', after(timeline.sandbox_ready_at)],
    ['compile', after(timeline.compiled_at)],
  ];
  // Of a program that was never started, the end is its compiler's.
  const neverRan = Boolean(compile) && !usage;
  if (!neverRan) marks.push(['start', after(timeline.started_at)], ['run', finished]);
  else if (timeline.compiled_at === null) marks.push(['compile', finished]);

  const stages: Stage[] = [];
  let from = 0;
  for (const [name, end] of marks) {
    if (end === null) continue;
    // A sandbox that waited was there before it was wanted, and clocks of two machines differ.
    const ms = Math.max(0, end - from);
    stages.push({
      name,
      label: LABELS[name],
      fromMs: from,
      ms: name === 'run' ? (usage?.wall_time_ms ?? ms) : ms,
    });
    from = Math.max(from, end);
  }
  return stages.filter(({ name, ms }) => name !== 'start' || ms > 0);
}

/** The picture in words: `3 ms in the queue, 1 ms sandbox, 250 ms compiling, 12 ms running`. */
export function timelineText(stages: readonly Stage[]): string {
  return stages.map(({ label, ms }) => `${durationText(ms)} ${label}`).join(', ');
}
