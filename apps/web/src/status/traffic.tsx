import type { Traffic } from '@runbin/contracts/service.status';
import { countText, durationText } from '../output/units';
import { Chart } from './chart';

const MINUTE_MS = 60_000;
const HISTORY_MS = 10 * MINUTE_MS;

const timeText = (at: string) =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** How many runs there were, and how long they took. */
export function TrafficSection({ traffic }: { readonly traffic: Traffic }) {
  const { bucket_ms, buckets, last_minute } = traffic;
  const times = buckets.map(({ at }) => timeText(at));
  const shape = { times, places: HISTORY_MS / bucket_ms, since: '10 min ago' };
  const latency = last_minute.latency_ms;
  return (
    <section aria-labelledby="status-traffic">
      <h2 id="status-traffic">Runs</h2>
      {buckets.length === 0 ? (
        <p className="status-empty">
          This gateway has just started: it has heard of nothing yet. The first figures come within twenty
          seconds.
        </p>
      ) : (
        <div className="status-charts">
          <Chart
            {...shape}
            title="Runs per minute"
            summary={`${runsText(last_minute.runs)} in the last minute${errorsText(last_minute.internal_errors)}`}
            series={[
              {
                name: 'runs per minute',
                values: buckets.map(({ runs }) => (runs * MINUTE_MS) / bucket_ms),
                look: 'first',
              },
            ]}
            text={countText}
            axisText={countText}
          />
          <Chart
            {...shape}
            title="From submission to result"
            summary={
              latency
                ? `Half within ${durationText(latency.p50)}, 95 % within ${durationText(latency.p95)} in the last minute`
                : 'No runs in the last minute'
            }
            series={[
              {
                name: 'half within',
                values: buckets.map((bucket) => bucket.latency_ms?.p50 ?? null),
                look: 'first',
              },
              {
                name: '95 % within',
                values: buckets.map((bucket) => bucket.latency_ms?.p95 ?? null),
                look: 'second',
              },
            ]}
            text={durationText}
            axisText={secondsText}
          />
        </div>
      )}
    </section>
  );
}

/** `0`, `250 ms`, `2.5 s`, `100 s` */
const secondsText = (ms: number) => (ms === 0 ? '0' : ms < 1_000 ? `${ms} ms` : `${countText(ms / 1_000)} s`);

const runsText = (runs: number) => (runs === 1 ? '1 run' : `${countText(runs)} runs`);
const errorsText = (errors: number) =>
  errors === 0 ? '' : `, of which ${errors} failed by a fault of the service`;
