import { RUN_FINISHED, RUN_STARTED } from '@runbin/contracts/subjects';
import { finished, started } from '../test/run.events';
import { ForeignVersionError, latestPerSubmission, parseRunEvent } from './run.event';

const A = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6a';
const B = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6b';

describe('latestPerSubmission', () => {
  it.each([
    ['an outcome replaces its start', [started(A, 1), finished(A, 1)], [finished(A, 1)]],
    ['a start changes nothing once there is an outcome', [finished(A, 1), started(A, 2)], [finished(A, 1)]],
    ['the first outcome stands', [finished(A, 1, 'one'), finished(A, 2, 'two')], [finished(A, 1, 'one')]],
    ['an attempt that was given up says nothing', [started(A, 2), finished(A, 1)], [started(A, 2)]],
    ['a newer attempt starts over', [started(A, 1), started(A, 2)], [started(A, 2)]],
    [
      'submissions are apart',
      [started(A, 1), started(B, 1), finished(A, 1)],
      [finished(A, 1), started(B, 1)],
    ],
  ])('%s', (_, events, want) => {
    expect(latestPerSubmission(events)).toEqual(want);
  });
});

describe('parseRunEvent', () => {
  it('reads both kinds by their subject', () => {
    expect(parseRunEvent(RUN_STARTED, started(A, 1))).toEqual(started(A, 1));
    expect(parseRunEvent(RUN_FINISHED, finished(A, 1))).toEqual(finished(A, 1));
  });

  it('reads what a runner of before says, which knows fewer moments', () => {
    const { picked_at, sandbox_ready_at, compiled_at, ...said } = finished(A, 1);
    expect([picked_at, sandbox_ready_at, compiled_at]).not.toContain(null);
    expect(parseRunEvent(RUN_FINISHED, said)).toEqual({
      ...said,
      picked_at: null,
      sandbox_ready_at: null,
      compiled_at: null,
    });
  });

  it('tells a newer version from a broken message', () => {
    expect(() => parseRunEvent(RUN_STARTED, { ...started(A, 1), v: 2 })).toThrow(ForeignVersionError);
    for (const broken of [null, 'text', {}, { v: 1 }, { ...started(A, 1), attempt: 0 }]) {
      expect(() => parseRunEvent(RUN_STARTED, broken)).toThrow();
      expect(() => parseRunEvent(RUN_STARTED, broken)).not.toThrow(ForeignVersionError);
    }
    expect(() => parseRunEvent(RUN_FINISHED, started(A, 1))).toThrow();
  });
});
