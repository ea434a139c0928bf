import './verdict.bar.css';
import type { Limits } from '@runbin/contracts/limits';
import { TimelineFigure } from './timeline.figure';
import { explain, type Figure, figures, type VerdictFacts } from './verdict';

export interface VerdictBarProps {
  /** A result, or only a status while there is none. */
  readonly facts: VerdictFacts;
  /** Those of the submission, all of them; null: figures stand without. */
  readonly limits: Limits | null;
}

const SIGNS = { waiting: '…', good: '✓', bad: '✕', stopped: '■', fault: '!' } as const;

/** What a run came to, why, and what it took. */
export function VerdictBar({ facts, limits }: VerdictBarProps) {
  const { tone, title, reason, hint } = explain(facts, limits);
  const { timeline, compile = null, usage = null } = facts;
  return (
    <section className={`verdict verdict-${tone}`} aria-label="Verdict">
      <p className="verdict-words">
        <span className="verdict-sign" aria-hidden="true">
          {SIGNS[tone]}
        </span>
        <strong>{title}</strong>
        <span>{reason}</span>
        {hint === null ? null : <span className="verdict-hint">{hint}</span>}
      </p>
      <Figures figures={figures(facts, limits)} />
      {timeline ? <TimelineFigure timeline={timeline} compile={compile} usage={usage} /> : null}
    </section>
  );
}

function Figures({ figures: all }: { readonly figures: readonly Figure[] }) {
  if (all.length === 0) return null;
  return (
    <dl className="verdict-figures">
      {all.map(({ label, value, limit, share }) => (
        <div key={label} className="verdict-figure">
          <dt>{label}</dt>
          <dd>
            {value}
            {limit === null ? null : <span className="verdict-limit"> of {limit}</span>}
            {share === null ? null : (
              <svg
                className="verdict-share"
                viewBox="0 0 100 4"
                preserveAspectRatio="none"
                aria-hidden="true"
              >
                <rect className="verdict-share-all" width="100" height="4" />
                <rect
                  className={`verdict-share-used${share >= 1 ? ' verdict-share-full' : ''}`}
                  width={share * 100}
                  height="4"
                />
              </svg>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
