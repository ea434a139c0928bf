import { constants } from 'node:os';

/** What its supervisor's side knows of a sandbox that ended without a report. */
export interface Loss {
  /** In words. */
  reason: string;
  /** Its program was told to go, and the supervisor did not refuse to let it. */
  letGo: boolean;
  /** By us: since the run was to stop, or since the supervisor was silent, or made no sense. */
  endedByUs: 'stopped' | 'given up' | undefined;
}

/** How the supervisor's process ended; of a signal the exit code is null. */
export interface SupervisorEnd {
  exitCode: number | null;
  signal: number | null;
}

const { SIGKILL } = constants.signals;

/**
 * Whether a sandbox was ended by its program, until shown otherwise (ADR 30). A program must not choose to be tried again and
 * again, as what the platform failed is.
 * @param end undefined: whoever started it, and would know, is gone too or does not answer
 */
export function isProgramsDoing({ letGo, endedByUs }: Loss, end: SupervisorEnd | undefined): boolean {
  if (!letGo || endedByUs === 'stopped') return false;
  if (endedByUs === 'given up') return true;
  if (!end) return false;
  // Process 1 takes this signal from outside of its namespace only: the machine ran out of memory, or somebody sent it.
  if (end.signal === SIGKILL) return false;
  // It ends so when its connection does.
  return end.exitCode !== 0;
}
