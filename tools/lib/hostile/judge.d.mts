import type { Result } from '@runbin/contracts/result';
import type { Expectation } from './catalogue.mjs';

export interface Outcome {
  verdict: string;
  ms: number;
  result?: Result;
  detail?: string;
}

export declare function judge(expect: Expectation, outcome: Outcome, options?: { canary?: string }): string[];
