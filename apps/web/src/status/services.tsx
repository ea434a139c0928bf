import type { GetStatusResponse } from '@runbin/contracts/service.status';
import { Mark } from './mark';
import { PURPOSES, weaknessesOf } from './status.words';

/** The parts, one card each. */
export function ServicesSection({ services }: Pick<GetStatusResponse, 'services'>) {
  return (
    <section aria-labelledby="status-services">
      <h2 id="status-services">Services</h2>
      <ul className="status-cards">
        {services.map(({ name, ok, message }) => (
          <li key={name} className={`status-card${ok ? '' : ' status-card-bad'}`}>
            <h3>
              <Mark tone={ok ? 'good' : 'bad'} />
              {name}
            </h3>
            <p>{ok ? 'works' : message}</p>
            <p className="status-dim">{PURPOSES[name]}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What stands in a weaker form than it should. */
export function WeaknessesSection({ status }: { readonly status: GetStatusResponse }) {
  const weaknesses = weaknessesOf(status);
  if (weaknesses.length === 0) return null;
  return (
    <section aria-labelledby="status-weaknesses">
      <h2 id="status-weaknesses">Weaker than it should be</h2>
      <ul className="status-notes">
        {weaknesses.map(({ mode, of }) => (
          <li key={mode}>
            <Mark tone="wait" />
            <span>
              {mode}
              {of.length === 0 ? null : <span className="status-dim"> ({of.join(', ')})</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
