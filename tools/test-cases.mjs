// @ts-check
// `npm run test:cases`: every case that the last `npm test` ran, by stage, spec and name, sorted: two lists can be compared
// by `diff`. `npm run test:cases -- --seconds` prints how long each spec took instead.
import { readReport } from './lib/report.file.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { caseLines, durationLines } from './lib/test.report.mjs';

await runTool(async () => {
  const stages = readReport();
  if (stages.length === 0) throw new Failure('Nothing was run here yet: npm test');
  const lines = process.argv.includes('--seconds')
    ? stages.flatMap(({ name, seconds, specs }) => [
        `── ${name} ${seconds.toFixed(1)} s`,
        ...durationLines(specs),
      ])
    : caseLines(stages);
  console.log(lines.join('\n'));
});
