import { caseLines, durationLines, sumOf, tallyOf, tallyOfCases } from './test.report.mjs';

const ROOT = process.cwd();
const assertion = (
  fullName: string,
  status: string,
  duration: number | null,
  failureMessages?: string[],
) => ({
  fullName,
  status,
  duration,
  ...(failureMessages ? { failureMessages } : {}),
});
const report = (specs: [name: string, ms: number, assertions: ReturnType<typeof assertion>[]][]) => ({
  numPassedTests: specs.flatMap(([, , all]) => all).filter(({ status }) => status === 'passed').length,
  numFailedTests: specs.flatMap(([, , all]) => all).filter(({ status }) => status === 'failed').length,
  numRuntimeErrorTestSuites: 0,
  testResults: specs.map(([name, ms, assertionResults]) => ({
    name: `${ROOT}/${name}`,
    startTime: 1_000,
    endTime: 1_000 + ms,
    assertionResults,
  })),
});

describe('the report of a stage', () => {
  const jest = report([
    ['a.spec.ts', 2_500, [assertion('a one', 'passed', 1_500), assertion('a two', 'pending', null)]],
    ['b.spec.ts', 500, [assertion('b one', 'failed', 20, ['expected 1\nreceived 2'])]],
  ]);

  it('counts what was run, and names what failed by its first line', () => {
    expect(tallyOf(jest)).toMatchObject({ passed: 1, failed: 1, failures: ['b one: expected 1'] });
  });

  it('knows of each spec how long it took, and of its cases those that were run', () => {
    expect(tallyOf(jest).specs).toEqual([
      { file: 'a.spec.ts', seconds: 2.5, cases: [{ name: 'a one', status: 'passed', seconds: 1.5 }] },
      { file: 'b.spec.ts', seconds: 0.5, cases: [{ name: 'b one', status: 'failed', seconds: 0.02 }] },
    ]);
  });

  it('counts a file that could not be loaded as a failed test', () => {
    expect(tallyOf({ ...jest, numRuntimeErrorTestSuites: 2 }).failed).toBe(3);
  });

  it('has a case for each thing that is not tested by Jest', () => {
    const checks = tallyOfCases('npm run check', [
      { name: 'types', holds: true, seconds: 3 },
      { name: 'lint', holds: false },
    ]);
    expect(checks).toMatchObject({ passed: 1, failed: 1, failures: ['lint'] });
    expect(sumOf([checks, tallyOf(jest)])).toMatchObject({
      passed: 2,
      failed: 2,
      failures: ['lint', 'b one: expected 1'],
    });
  });

  it('is printed with the slowest first, ten cases at most', () => {
    const many = report(
      Array.from({ length: 12 }, (_, at) => [
        `${at}.spec.ts`,
        at * 1_000,
        [assertion(`case ${at}`, 'passed', at)],
      ]),
    );
    const lines = durationLines(tallyOf(many).specs ?? []);
    expect(lines[1]).toBe('   11.0  11.spec.ts (1)');
    expect(lines.filter((line) => line.includes(': case'))).toHaveLength(10);
  });

  it('lists every case, sorted, whatever the order of the stages', () => {
    const { specs = [] } = tallyOf(jest);
    const one = [
      { name: 'int', specs },
      { name: 'e2e', specs: specs.slice(0, 1) },
    ];
    expect(caseLines(one)).toEqual(caseLines([...one].reverse()));
    expect(caseLines(one)).toEqual([
      'e2e  a.spec.ts  a one',
      'int  a.spec.ts  a one',
      'int  b.spec.ts  b one',
    ]);
  });
});
