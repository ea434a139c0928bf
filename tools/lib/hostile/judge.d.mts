import type { Result } from '../../../libs/contracts/src/result.js';
import type { Expectation } from './catalogue.mjs';

export interface Outcome {
  verdict: string;
  ms: number;
  result?: Result;
  detail?: string;
}

export declare function judge(
  expect: Expectation,
  outcome: Outcome,
  options?: { canary?: string; patience?: number },
): string[];
