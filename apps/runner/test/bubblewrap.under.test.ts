import { BubblewrapEngine, type BubblewrapOptions } from '../src/sandbox/bubblewrap.engine';

/** Others where it is these that are tested (tools/lib/supervisor.tests.mjs). */
const SUPERVISOR = process.env.RUNBIN_SUPERVISOR ?? 'dist/supervisor';
export const LAUNCHER = process.env.RUNBIN_LAUNCHER ?? 'dist/launcher';

/** The real engine, as specs use it: what this machine has, and a cgroup if there is one to divide. */
export const bubblewrapUnderTest = (options: Partial<BubblewrapOptions> = {}): BubblewrapEngine =>
  new BubblewrapEngine({
    bwrapPath: 'bwrap',
    supervisorPath: SUPERVISOR,
    launcherPath: LAUNCHER,
    launcherSocket: undefined,
    uidBase: 64_000,
    cgroupDir: undefined,
    runtimeDir: undefined,
    ...options,
  });
