/** One program of a catalogue; hostile/README.md says what its fields mean. */
export interface HostileCase {
  readonly id: string;
  readonly title: string;
  readonly language: string;
  readonly expect: Expectation;
}

export interface Expectation {
  verdicts: string[];
  max_wall_ms: number;
  stdout_must_not_match?: string;
  stdout_must_match?: string;
  must_match_applies_if?: string;
  attempt?: number;
  flags?: { truncated?: 'stdout' | 'stderr' | 'both'; compile_truncated?: boolean };
}

export declare function readCatalogue(directory: string, groups?: string[]): HostileCase[];
