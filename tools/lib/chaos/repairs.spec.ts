import { repairsOf } from './repairs.mjs';

const NETWORKS = { broker: ['result'], 'result-db': ['result'] };
const ATTACHED = { broker: { IPAddress: '172.20.0.2' }, 'result-db': { IPAddress: '172.21.0.2' } };

const container = (state: object, networks: Record<string, { IPAddress: string }> = ATTACHED) => ({
  State: { Running: true, Paused: false, Restarting: false, ...state },
  NetworkSettings: { Networks: networks },
});

describe('what takes back what was done to a container', () => {
  it('is nothing where nothing was done', () => {
    expect(repairsOf(container({}), NETWORKS)).toEqual([]);
  });

  it('is to start one that was stopped', () => {
    expect(repairsOf(container({ Running: false }), NETWORKS)).toEqual([{ do: 'start' }]);
  });

  it('is nothing for one that its restart policy brings back', () => {
    expect(repairsOf(container({ Running: false, Restarting: true }), NETWORKS)).toEqual([]);
  });

  it('is to let one run on that was paused', () => {
    expect(repairsOf(container({ Paused: true }), NETWORKS)).toEqual([{ do: 'unpause' }]);
  });

  it('is to connect one under its names, before it is started', () => {
    const { broker } = ATTACHED;
    expect(repairsOf(container({ Running: false }, { broker }), NETWORKS)).toEqual([
      { do: 'connect', network: 'result-db', aliases: ['result'] },
      { do: 'start' },
    ]);
  });
});
