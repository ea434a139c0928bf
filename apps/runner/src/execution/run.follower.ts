import type { OutputPiece, RunningProgram } from '../sandbox/sandbox';

/** Whoever follows a run while it goes on. */
export interface RunFollower {
  onOutput(piece: OutputPiece): void;
  /** Called when the program of the run, not its compiler, is on its way. */
  onRelease(program: RunningProgram): void;
  /** Aborted: the run is to end before its time. That is no failure, but what became of it. */
  readonly cancelled: AbortSignal;
}
