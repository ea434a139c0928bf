import { classify, type Entry, tally } from './classify.mjs';

const DONE: Entry = {
  outcome: 'ok',
  ids: ['a'],
  finals: ['x'],
  last: 'final',
  wentBack: false,
  mistake: undefined,
  executedAs: ['a'],
};

describe('what becomes of a submission', () => {
  it.each<[string, Partial<Entry>, string]>([
    ['accepted, one final result', {}, 'ok'],
    ['accepted, its run was not seen', { executedAs: [] }, 'ok'],
    ['accepted, and not there', { finals: [], last: 'missing' }, 'lost'],
    ['final, and then not there', { last: 'missing', wentBack: true }, 'lost'],
    ['accepted, and never read', { finals: [], last: 'unread' }, 'stuck'],
    ['accepted, and not final', { finals: [], last: 'pending' }, 'stuck'],
    ['a second final result', { finals: ['x', 'y'] }, 'duplicated'],
    ['final, and then queued', { wentBack: true, last: 'pending' }, 'duplicated'],
    ['final, then queued, then final', { wentBack: true }, 'duplicated'],
    ['two answers to one key', { ids: ['a', 'b'] }, 'duplicated'],
    ['two runs of one key', { executedAs: ['a', 'b'] }, 'duplicated'],
    ['an answer and another run of one key', { executedAs: ['b'] }, 'duplicated'],
    ['not what the program gives', { mistake: 'internal_error' }, 'wrong'],
    ['refused', { outcome: 'fail', ids: [], finals: [], last: 'unread', executedAs: [] }, 'refused'],
    ['refused, and run', { outcome: 'fail', ids: [], finals: [], last: 'unread' }, 'ghost'],
    ['refused, and accepted', { outcome: 'fail', executedAs: [] }, 'ghost'],
    ['nobody knows', { outcome: 'unknown', ids: [], finals: [], last: 'unread', executedAs: [] }, 'unknown'],
    ['nobody knows, and it ran once', { outcome: 'unknown', ids: [], finals: [], last: 'unread' }, 'unknown'],
    [
      'nobody knows, and it ran twice',
      { outcome: 'unknown', ids: [], finals: [], last: 'unread', executedAs: ['a', 'b'] },
      'duplicated',
    ],
  ])('%s', (_, change, expected) => {
    expect(classify({ ...DONE, ...change }, true).class).toBe(expected);
  });

  it('without keys a retry may have made a second one', () => {
    expect(classify({ ...DONE, executedAs: ['a', 'b'] }, false).class).toBe('ok');
  });

  it('counts each class and names each violation', () => {
    const { counts, violations } = tally(
      [
        { ...DONE, name: 'good' },
        { ...DONE, name: 'bad', mistake: 'internal_error' },
      ],
      true,
    );
    expect(counts).toMatchObject({ ok: 1, wrong: 1, lost: 0 });
    expect(violations).toEqual(['wrong: bad (a): internal_error']);
  });
});
