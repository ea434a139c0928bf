export interface Turn {
  readonly durationsMs: readonly number[];
  readonly perSecond: number;
}

export interface Spread {
  min: number;
  median: number;
  max: number;
}

export interface Ratios {
  p50: Spread;
  perSecond: Spread;
}

export interface VerdictOptions {
  allow: number;
  paused: boolean;
}

export declare const COMPARISON_HEAD: readonly string[];
export declare function orderOf<T>(turn: number, instances: readonly T[]): readonly T[];
export declare function spreadOf(values: readonly number[]): Spread;
export declare function ratiosOf(ours: readonly Turn[], theirs: readonly Turn[]): Ratios;
export declare function verdictOf(
  ratios: Ratios,
  options: VerdictOptions,
): { isSlower: boolean; sentence: string };
export declare function comparisonLine(
  row: string,
  name: string,
  ours: readonly Turn[],
  theirs: readonly Turn[],
  options: VerdictOptions,
): { isSlower: boolean; line: string };
