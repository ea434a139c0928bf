import { BubblewrapEngine, type BubblewrapOptions } from '../src/sandbox/bubblewrap.engine';

/** Another one where it is the supervisor that is tested (tools/lib/supervisor.tests.mjs). */
const SUPERVISOR = process.env.RUNBIN_SUPERVISOR ?? 'dist/supervisor';

/** The real engine, as specs use it: what this machine has, and a cgroup if there is one to divide. */
export const bubblewrapUnderTest = (options: Partial<BubblewrapOptions> = {}): BubblewrapEngine =>
  new BubblewrapEngine({
    bwrapPath: 'bwrap',
    supervisorPath: SUPERVISOR,
    launcherPath: 'dist/launcher',
    uidBase: 64_000,
    cgroupDir: undefined,
    ...options,
  });
