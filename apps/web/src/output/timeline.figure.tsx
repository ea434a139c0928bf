import './timeline.figure.css';
import { useId } from 'react';
import { type Stage, stagesOf, timelineText, type TimelineFacts } from './timeline';
import { durationText } from './units';

const WIDTH = 320;
const BAR = 10;
const GAP = 1;
/** A stage that took next to nothing can still be seen. */
const LEAST = 3;

/** Where the time of a run went: one bar, in parts as long as the stages took; and the same in words. */
export function TimelineFigure(facts: TimelineFacts) {
  const title = useId();
  const stages = stagesOf(facts);
  if (stages.length === 0) return null;
  const widths = widthsOf(stages);
  let left = 0;
  return (
    <figure className="timeline">
      <svg viewBox={`0 0 ${WIDTH} ${BAR}`} preserveAspectRatio="none" role="img" aria-labelledby={title}>
        <title id={title}>{`Timeline: ${timelineText(stages)}`}</title>
        {stages.map(({ name }, at) => {
          const x = left;
          const width = widths[at] ?? 0;
          left += width + GAP;
          return <rect key={at} className={`timeline-${name}`} x={x} width={width} height={BAR} />;
        })}
      </svg>
      <figcaption aria-hidden="true">
        {stages.map(({ name, label, ms }, at) => (
          <span key={at} className={`timeline-label timeline-label-${name}`}>
            {label} {durationText(ms)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Widths in proportion to the time, in which none vanishes. */
function widthsOf(stages: readonly Stage[]): number[] {
  const room = WIDTH - (stages.length - 1) * GAP - stages.length * LEAST;
  const all = stages.reduce((sum, { ms }) => sum + ms, 0);
  return stages.map(({ ms }) => LEAST + (all === 0 ? room / stages.length : (ms / all) * room));
}
