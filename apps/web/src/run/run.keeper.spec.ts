import { keepRun, keptRun } from './run.keeper';
import { IDLE, type SavedRun } from './run.state';

const RUN: SavedRun = { submissionId: 'id', ownerToken: 'secret', input: 'pipes' };

function storage(kept: Record<string, string> = {}) {
  const items = new Map(Object.entries(kept));
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

it('keeps a run, and forgets it with the next', () => {
  const kept = storage();
  keepRun(kept, { ...IDLE, phase: 'running', run: RUN });
  expect(keptRun(kept)).toEqual(RUN);
  keepRun(kept, IDLE);
  expect(keptRun(kept)).toEqual(RUN);
  keepRun(kept, { ...IDLE, phase: 'submitting' });
  expect(keptRun(kept)).toBeNull();
});

it.each([
  '',
  'null',
  '{',
  '[]',
  '"x"',
  '{"submissionId":1}',
  '{"submissionId":"a","ownerToken":"b","input":"c"}',
])('finds nothing in %j', (text) => {
  expect(keptRun(storage({ 'runbin.run': text }))).toBeNull();
});

it('does without a storage', () => {
  const refuse = () => {
    throw new Error('denied');
  };
  const denied = { getItem: refuse, setItem: refuse, removeItem: refuse };
  keepRun(denied, { ...IDLE, run: RUN });
  expect(keptRun(denied)).toBeNull();
});
