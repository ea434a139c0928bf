import type { Random } from './random.mjs';

export declare function schedule<F extends { weight: number }>(
  faults: readonly F[],
  random: Random,
): Generator<{ number: number; pauseMs: number; faults: { fault: F; random: Random }[] }, never>;
