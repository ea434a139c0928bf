import './output.pane.css';
import type { LanguageSummary } from '@runbin/contracts/language';
import type { Limits } from '@runbin/contracts/limits';
import type { Draft } from '../draft/draft';
import { RunOutput } from '../output/run.output';
import type { Runs } from './use.runs';

interface OutputPaneProps {
  readonly runs: Runs;
  readonly languages: readonly LanguageSummary[] | undefined;
}

/** What comes out of the run of this page. */
export function OutputPane({ runs: { session, state, submitted }, languages }: OutputPaneProps) {
  return (
    <div className="output-pane">
      <RunOutput session={session} state={state} limits={limitsOf(submitted, languages)} name="output" />
    </div>
  );
}

/** All limits that a draft ran with; null while its language is not known. */
function limitsOf(
  draft: Draft | undefined,
  languages: readonly LanguageSummary[] | undefined,
): Limits | null {
  const standard = languages?.find(({ id }) => id === draft?.language)?.limits;
  return standard && draft ? { ...standard, ...(draft.limits as Partial<Limits>) } : null;
}
