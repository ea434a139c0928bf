import './chart.css';
import { type PointerEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { axisEnd, pathOf, pointAt, valueAt } from './chart.scale';

export interface Series {
  readonly name: string;
  /** The newest last; null: there is none. */
  readonly values: readonly (number | null)[];
  /** `second` is told apart by its dashes too, not by its colour alone. */
  readonly look: 'first' | 'second';
}

interface ChartProps {
  readonly title: string;
  /** What it shows at this moment, in a sentence. */
  readonly summary: string;
  readonly series: readonly Series[];
  /** When each value was, in words. */
  readonly times: readonly string[];
  /** How many places there are from left to right, and how long ago the first of them was. */
  readonly places: number;
  readonly since: string;
  /** A value in words, and as short as an axis needs it. */
  readonly text: (value: number) => string;
  readonly axisText: (value: number) => string;
}

const HEIGHT = 132;
/** Around the drawing: for the words of the axes. */
const MARGIN = { top: 8, right: 6, bottom: 20, left: 48 };

/** Lines over time, as a picture and as a table. */
export function Chart(props: ChartProps) {
  const { title, summary, series, times } = props;
  const [isOver, setIsOver] = useState<number>();
  const shown = isOver !== undefined && isOver < times.length ? isOver : undefined;
  return (
    <figure className="chart">
      <figcaption>
        <h3>{title}</h3>
        <Legend series={series} {...(shown === undefined ? {} : { at: shown })} text={props.text} />
      </figcaption>
      <Picture {...props} summary={summary} shown={shown} onOver={setIsOver} />
      <p className="chart-note" aria-hidden="true">
        {shown === undefined ? summary : times[shown]}
      </p>
      <details>
        <summary>As a table</summary>
        <Table {...props} />
      </details>
    </figure>
  );
}

function Legend({ series, at, text }: Pick<ChartProps, 'series' | 'text'> & { readonly at?: number }) {
  return (
    <ul className="chart-legend" aria-hidden="true">
      {series.map(({ name, values, look }) => {
        const value = at === undefined ? null : (values[at] ?? null);
        return (
          <li key={name}>
            <svg width="18" height="8" viewBox="0 0 18 8">
              <path className={`chart-line chart-${look}`} d="M1 4h16" />
            </svg>
            {name}
            {value === null ? null : <strong>{text(value)}</strong>}
          </li>
        );
      })}
    </ul>
  );
}

function Picture({
  title,
  summary,
  series,
  places,
  since,
  axisText,
  times,
  shown,
  onOver,
}: ChartProps & { readonly shown: number | undefined; readonly onOver: (at: number | undefined) => void }) {
  const id = useId();
  const ref = useRef<HTMLDivElement>(null);
  const whole = useWidth(ref);
  const width = Math.max(0, whole - MARGIN.left - MARGIN.right);
  const height = HEIGHT - MARGIN.top - MARGIN.bottom;
  const end = axisEnd(series.flatMap(({ values }) => values));
  const area = { width, height, places, end };
  const over = (event: PointerEvent<SVGSVGElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
    onOver(valueAt(x, times.length, area));
  };
  return (
    <div ref={ref} className="chart-picture">
      <svg
        width={whole}
        height={HEIGHT}
        role="img"
        aria-labelledby={`${id}-title ${id}-summary`}
        onPointerMove={over}
        onPointerLeave={() => {
          onOver(undefined);
        }}
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-summary`}>{summary}</desc>
        <g transform={`translate(${MARGIN.left} ${MARGIN.top})`}>
          {[0, end / 2, end].map((value) => {
            const { y } = pointAt(0, value, area);
            return (
              <g key={value}>
                <path className="chart-grid" d={`M0 ${y}h${width}`} />
                <text className="chart-word" x={-6} y={y} dy="0.32em" textAnchor="end">
                  {axisText(value)}
                </text>
              </g>
            );
          })}
          <text className="chart-word" x={0} y={height + 15}>
            {since}
          </text>
          <text className="chart-word" x={width} y={height + 15} textAnchor="end">
            now
          </text>
          {series.map(({ name, values, look }) => (
            <path key={name} className={`chart-line chart-${look}`} d={pathOf(values, area)} />
          ))}
          {shown === undefined ? null : (
            <path
              className="chart-cursor"
              d={`M${pointAt(places - times.length + shown, 0, area).x} 0v${height}`}
            />
          )}
        </g>
      </svg>
    </div>
  );
}

function Table({ title, series, times, text }: ChartProps) {
  return (
    <div className="status-scroll" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
      <table className="status-table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="status-number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {/* The newest first: that is what is looked for. */}
          {times
            .map((time, at) => (
              <tr key={time}>
                <th scope="row">{time}</th>
                {series.map(({ name, values }) => {
                  const value = values[at] ?? null;
                  return (
                    <td key={name} className="status-number">
                      {value === null ? '–' : text(value)}
                    </td>
                  );
                })}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  );
}

/** How wide an element is, as it changes. */
function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
