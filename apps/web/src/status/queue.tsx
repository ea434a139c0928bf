import type { GetStatusResponse } from '@runbin/contracts/service.status';
import { countText, durationText } from '../output/units';

interface QueueProps {
  readonly queue: GetStatusResponse['queue'];
  /** When it was told: ages are counted from there, whatever the clock of this machine says. */
  readonly at: string;
}

/** What waits or runs, by language. */
export function QueueSection({ queue, at }: QueueProps) {
  return (
    <section aria-labelledby="status-queue">
      <h2 id="status-queue">Queue</h2>
      {queue ? (
        <Contents queue={queue} at={at} />
      ) : (
        <p className="status-empty">Nobody can tell at the moment.</p>
      )}
    </section>
  );
}

function Contents({ queue, at }: { readonly queue: NonNullable<QueueProps['queue']>; readonly at: string }) {
  const most = Math.max(1, ...queue.languages.map(({ unfinished }) => unfinished));
  const languages = [...queue.languages].sort((one, other) => other.unfinished - one.unfinished);
  return (
    <>
      <p className="status-lead">
        {countText(queue.unfinished)} of at most {countText(queue.unfinished_max)} programs wait or run.
      </p>
      {languages.length === 0 ? null : (
        <table className="status-table status-queue">
          <thead>
            <tr>
              <th scope="col">Language</th>
              <th scope="col">
                <span className="visually-hidden">Share</span>
              </th>
              <th scope="col" className="status-number">
                Unfinished
              </th>
              <th scope="col" className="status-number">
                Oldest
              </th>
            </tr>
          </thead>
          <tbody>
            {languages.map(({ language, unfinished, oldest_at }) => (
              <tr key={language}>
                <th scope="row">{language}</th>
                <td className="status-bar-cell">
                  <svg
                    className="status-bar"
                    viewBox="0 0 100 8"
                    preserveAspectRatio="none"
                    aria-hidden="true"
                  >
                    <rect width={(100 * unfinished) / most} height="8" />
                  </svg>
                </td>
                <td className="status-number">{countText(unfinished)}</td>
                <td className="status-number">
                  {durationText(Math.max(0, Date.parse(at) - Date.parse(oldest_at)))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
