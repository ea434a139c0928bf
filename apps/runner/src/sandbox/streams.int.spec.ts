import { describeStreams } from '../../test/sandbox.streams.suite';
import { BubblewrapEngine } from './bubblewrap.engine';

describe('bubblewrap', () => {
  const engine = new BubblewrapEngine({
    bwrapPath: 'bwrap',
    // Another one where it is the supervisor that is tested (tools/lib/supervisor.tests.mjs).
    supervisorPath: process.env.RUNBIN_SUPERVISOR ?? 'dist/supervisor',
    uidBase: 64_000,
    cgroupDir: undefined,
  });

  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  describeStreams(engine, { language: 'python', mounts: [] });
});
