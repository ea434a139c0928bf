export interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  testResults: {
    name: string;
    startTime: number;
    endTime: number;
    assertionResults: {
      fullName: string;
      status: string;
      duration?: number | null;
      failureMessages?: string[];
    }[];
  }[];
}
export interface Case {
  name: string;
  status: string;
  seconds: number;
}
export interface Spec {
  file: string;
  seconds: number;
  cases: Case[];
}
export interface Tally {
  passed: number;
  failed: number;
  failures?: string[];
  specs?: Spec[];
}
export interface Stage extends Required<Tally> {
  name: string;
  seconds: number;
}
export declare function tallyOf(report: JestReport): Tally;
export declare function tallyOfCases(
  file: string,
  cases: { name: string; holds: boolean; seconds?: number }[],
): Tally;
export declare function sumOf(tallies: Tally[]): Required<Tally>;
export declare function durationLines(specs: Spec[]): string[];
export declare function caseLines(stages: Pick<Stage, 'name' | 'specs'>[]): string[];
