import { isProgramsDoing, type Loss, type SupervisorEnd } from './loss';

const fault: SupervisorEnd = { exitCode: 1, signal: null };
const crash: SupervisorEnd = { exitCode: null, signal: 11 };
const killed: SupervisorEnd = { exitCode: null, signal: 9 };
const hungUp: SupervisorEnd = { exitCode: 0, signal: null };
const LOSS: Loss = { reason: '', letGo: true, endedByUs: undefined };

describe('a sandbox that ended without a report was ended by its program', () => {
  it.each<[string, boolean, Partial<Loss>, SupervisorEnd | undefined]>([
    ['a fault once it was let go', true, {}, fault],
    ['a crash', true, {}, crash],
    ['one that was silent', true, { endedByUs: 'given up' }, undefined],
    ['one that was silent, and was killed for it', true, { endedByUs: 'given up' }, killed],
    ['a fault before it was let go', false, { letGo: false }, fault],
    ['one that was silent before', false, { letGo: false, endedByUs: 'given up' }, undefined],
    ['the runner stops', false, { endedByUs: 'stopped' }, killed],
    ['the launcher or the daemon is gone', false, {}, undefined],
    ['killed from outside, as where the machine runs out of memory', false, {}, killed],
    ['its connection broke', false, {}, hungUp],
  ])('%s: %s', (_, expected, loss, end) => {
    expect(isProgramsDoing({ ...LOSS, ...loss }, end)).toBe(expected);
  });
});
