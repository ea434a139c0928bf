import type { RunnerStatus } from '@runbin/contracts/service.status';
import { byteText } from '../output/units';
import { Mark } from './mark';
import { keptReady, parkedLanguages } from './status.words';

/** Who runs programs, how busy they are, and what they keep ready. */
export function RunnersSection({ runners }: { readonly runners: readonly RunnerStatus[] }) {
  return (
    <section aria-labelledby="status-runners">
      <h2 id="status-runners">Runners</h2>
      {runners.length === 0 ? (
        <p className="status-empty">No runner is alive. What is submitted waits until one is.</p>
      ) : (
        <div className="status-scroll" tabIndex={0} role="region" aria-labelledby="status-runners">
          <table className="status-table status-runners">
            <thead>
              <tr>
                <th scope="col">Runner</th>
                <th scope="col">State</th>
                <th scope="col">In use</th>
                <th scope="col">Kept ready</th>
                <th scope="col">Languages</th>
              </tr>
            </thead>
            <tbody>
              {runners.map((runner) => (
                <Row key={runner.name} runner={runner} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Row({ runner }: { readonly runner: RunnerStatus }) {
  const { name, ready, reason, engine, permits, languages, pool } = runner;
  const parked = parkedLanguages(runner);
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
        <div className="status-dim">{engine}</div>
      </th>
      <td className="status-state">
        <Mark tone={ready ? 'good' : 'bad'} />
        {ready ? 'takes work' : (reason ?? 'takes no work')}
      </td>
      <td className="status-figures">
        {permits.total - permits.free} of {permits.total}
      </td>
      <td>
        <div className="status-figures">{keptReady(runner)}</div>
        {pool ? <div className="status-dim">{byteText(pool.memory_bytes)}</div> : null}
        {parked.length === 0 ? null : (
          <details>
            <summary>By language</summary>
            <ul className="status-list">
              {parked.map(([language, count]) => (
                <li key={language}>
                  {language} × {count}
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
      <td>
        <details>
          <summary>{languages.length === 1 ? '1 language' : `${languages.length} languages`}</summary>
          <ul className="status-list">
            {languages.map(({ id, version }) => (
              <li key={id}>
                {id} <span className="status-dim">{version}</span>
              </li>
            ))}
          </ul>
        </details>
      </td>
    </tr>
  );
}
