// @ts-check
// `npm run fuzz -- [--seconds N] [--input FILE]`: feeds the supervisor with frames that no runner would send, for half
// a minute or as long as is said. What it learned is kept below dist/fuzz for the next time, and so is an input that
// broke it: --input tries one again.
import { parseArgs } from 'node:util';
import { Failure, runTool } from './lib/failure.mjs';
import { fuzzSupervisor, installFuzzer } from './lib/fuzzer.mjs';
import { installPackages, missingPackages } from './lib/packages.mjs';

await runTool(async () => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '30' }, input: { type: 'string' } },
  });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) throw new Failure('--seconds takes a whole number.');
  await installPackages(missingPackages(['bubblewrap', 'libc6-dev']));
  await installFuzzer();
  if (!(await fuzzSupervisor({ seconds, input: values.input }))) process.exitCode = 1;
});
