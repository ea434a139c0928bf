import { until } from '../../libs/platform/test/until';
import { type ProcessSpec, SupervisedProcess } from './supervised.process.mjs';

describe('a supervised process', () => {
  it('that runs on without answering is killed and started again', async () => {
    let [starts, asked] = [0, 0];
    let isStuck = true;
    const sleeping: ProcessSpec = {
      name: 'sleep',
      program: 'sleep',
      args: ['600'],
      env: { PATH: process.env.PATH },
      cwd: '/',
      stopSignal: 'SIGTERM',
      stopGraceMs: 5_000,
      answers: () => {
        asked++;
        return isStuck ? Promise.reject(new Error('stuck')) : Promise.resolve();
      },
    };
    const onStarted = () => {
      starts++;
    };
    const supervised = new SupervisedProcess(sleeping, { onStarted, onHopeless: () => undefined });
    supervised.start();
    try {
      await until('it is started again', () => starts === 2);
      isStuck = false;
      const before = asked;
      // Silences that were counted would have ended it by then.
      await until('it was asked more often than it may be silent', () => asked > before + 4);
      expect(starts).toBe(2);
    } finally {
      await supervised.stop();
    }
    expect(supervised.processName).toBeUndefined();
  });

  it('that could not be noted when it started runs on, and is not started beside itself', async () => {
    const said: string[] = [];
    class Listened extends SupervisedProcess {
      override say(line: string): void {
        said.push(line);
      }
    }
    const brief: ProcessSpec = {
      name: 'brief',
      program: 'sh',
      args: ['-c', 'sleep 1; exit 3'],
      env: { PATH: process.env.PATH },
      cwd: '/',
      stopSignal: 'SIGTERM',
      stopGraceMs: 5_000,
    };
    const onStarted = () => {
      throw new Error('no space left on device');
    };
    const supervised = new Listened(brief, { onStarted, onHopeless: () => undefined });
    supervised.start();
    try {
      await until('its end is told', () => said.length >= 2);
      expect(said[0]).toContain('no space left');
      expect(said[1]).toContain('ended (3)');
    } finally {
      await supervised.stop();
    }
  });
});
