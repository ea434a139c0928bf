// @ts-check
// `npm run test:cgroup2`: the tests of the limits, on a real kernel with cgroup v2 in an emulated machine, whatever
// this machine itself has. `npm run test:cgroup2 -- PACKAGE` takes another of Debian's kernels.
import { runCgroup2Tests, whyNoMachine } from './cgroup2/cgroup2.tests.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { installPackages, missingPackages, START_PACKAGES } from './lib/packages.mjs';
import { build, checkNode, installDependencies } from './lib/workspace.mjs';

await runTool(async () => {
  checkNode();
  const reason = whyNoMachine();
  if (reason) throw new Failure(`No machine can be started here: ${reason}.`);
  await installPackages(missingPackages([...START_PACKAGES.map(({ name }) => name), 'python3']));
  await installDependencies();
  await build();
  const { passed, failed } = await runCgroup2Tests(process.argv[2]);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});
