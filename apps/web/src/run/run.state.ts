import type { Status } from '@runbin/contracts/status';
import type { TerminalSize } from '@runbin/contracts/interactive';
import type { RunResult } from '../output/verdict';

/** What it takes to follow a run, to talk with it and to stop it: enough to go on after a reload of the page. */
export interface SavedRun {
  readonly submissionId: string;
  /** Empty: it is somebody else's, and can only be followed. */
  readonly ownerToken: string;
  /** Whether it listens to what is typed, and in a terminal or through pipes. */
  readonly input: 'none' | 'pipes' | 'terminal';
}

/** How an interactive run is talked with: in a terminal of a size, or, with null, through pipes. */
export interface Interaction {
  readonly terminal: TerminalSize | null;
}

/** A run as its watcher sees it. Output is in the store. */
export interface RunState {
  /** `failed`: it was not taken, or can not be followed; `trouble` says why. */
  readonly phase: 'idle' | 'submitting' | 'queued' | 'running' | 'finished' | 'failed';
  /** Null until it is accepted, and after it was taken back from the queue. */
  readonly run: SavedRun | null;
  /** Of a finished run, without its output; null when it was taken back from the queue. */
  readonly result: RunResult | null;
  /** What stands in the way, for the person who waits; null when nothing does. */
  readonly trouble: string | null;
  /** When it is tried again by itself, in milliseconds since 1970. */
  readonly retryAt: number | null;
  /** Why input was not taken; null after the next that is sent. */
  readonly inputTrouble: string | null;
  /** It was told to stop, and has not ended yet. */
  readonly isStopping: boolean;
}

export const IDLE: RunState = {
  phase: 'idle',
  run: null,
  result: null,
  trouble: null,
  retryAt: null,
  inputTrouble: null,
  isStopping: false,
};

/** The status that the state amounts to; null before there is a run, and when it failed. */
export function statusOf({ phase, result }: RunState): Status | null {
  switch (phase) {
    case 'submitting':
    case 'queued':
      return 'queued';
    case 'running':
      return 'running';
    case 'finished':
      return result?.status ?? 'cancelled';
    default:
      return null;
  }
}

/** Whether something goes on. */
export function isBusy({ phase }: RunState): boolean {
  return phase === 'submitting' || phase === 'queued' || phase === 'running';
}
