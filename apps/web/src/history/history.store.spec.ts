import { HISTORY_KEY, HistoryStore, type KeptRun } from './history.store';

function memory() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

const run = (submissionId: string): KeptRun => ({
  submissionId,
  ownerToken: 'token',
  language: 'python',
  title: 'print(1)',
  createdAt: '2026-01-01T00:00:00.000Z',
  input: 'none',
  status: 'queued',
  links: [],
});

describe('the history', () => {
  it('holds each run once, newest first, and not too many', () => {
    const history = new HistoryStore(memory());
    for (let number = 0; number < 210; number++) history.add(run(String(number)));
    history.add(run('100'));
    const ids = history.list().map(({ submissionId }) => submissionId);
    expect(ids).toHaveLength(200);
    expect(ids.slice(0, 3)).toEqual(['100', '209', '208']);
    expect(new Set(ids).size).toBe(200);
  });

  it('is changed by every page alike', () => {
    const shared = memory();
    const [one, other] = [new HistoryStore(shared), new HistoryStore(shared)];
    one.add(run('a'));
    other.change('a', { status: 'succeeded', links: [{ code: 'abcdefgh', url: 'x', expiresAt: null }] });
    expect(one.find('a')).toMatchObject({ status: 'succeeded', links: [{ code: 'abcdefgh' }] });
    one.remove('a');
    expect(other.list()).toEqual([]);
  });

  it.each(['', '{', '{}', '[1, null, {"submissionId": "a"}]'])('may have been broken: %s', (text) => {
    const shared = memory();
    shared.setItem(HISTORY_KEY, text);
    expect(new HistoryStore(shared).list()).toEqual([]);
  });
});
