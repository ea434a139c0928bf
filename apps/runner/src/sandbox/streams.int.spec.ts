import { describeStreams } from '../../test/sandbox.streams.suite';
import { BubblewrapEngine } from './bubblewrap.engine';

describe('bubblewrap', () => {
  const engine = new BubblewrapEngine({
    bwrapPath: 'bwrap',
    supervisorPath: 'dist/supervisor',
    uidBase: 64_000,
    cgroupDir: undefined,
  });

  beforeAll(() => engine.start());
  afterAll(() => engine.stop());

  describeStreams(engine, { language: 'python', mounts: [] });
});
