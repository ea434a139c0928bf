import { exampleDraft, type Draft } from './draft';
import { DraftStore } from './draft.store';

class Memory {
  readonly items = new Map<string, string>();
  constructor(private readonly quota = Infinity) {}

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    const others = [...this.items].reduce((sum, [name, text]) => sum + (name === key ? 0 : text.length), 0);
    if (others + value.length > this.quota) throw new DOMException('full', 'QuotaExceededError');
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }
}

function draft(content: string, changedAt = 1, language = 'python'): Draft {
  const summary = { id: language, source_name: 'main', example: content } as Parameters<
    typeof exampleDraft
  >[0];
  return { ...exampleDraft(summary), changedAt };
}

describe('drafts that are kept', () => {
  it('are listed newest first, and come back whole', () => {
    const store = new DraftStore(new Memory());
    const [one, two] = [draft('print(1)'), draft('puts 2', 2, 'ruby')];
    store.save(one);
    store.save(two);
    expect(store.list().map(({ title }) => title)).toEqual(['puts 2', 'print(1)']);
    expect(store.load(one.id)).toEqual(one);
    expect([store.newest()?.id, store.newest('python')?.id, store.newest('c')]).toEqual([
      two.id,
      one.id,
      undefined,
    ]);
    store.save({ ...one, args: 'x' });
    expect(store.list().map(({ id }) => id)).toEqual([one.id, two.id]);
    store.delete(one.id);
    expect([store.list().length, store.load(one.id)]).toEqual([1, undefined]);
  });

  it('are not too many', () => {
    const memory = new Memory();
    const store = new DraftStore(memory);
    const all = Array.from({ length: 60 }, (_, number) => draft(String(number)));
    for (const each of all) store.save(each);
    expect(store.list()).toHaveLength(50);
    expect(memory.items.size).toBe(51);
    expect(store.load(all[0]?.id ?? '')).toBeUndefined();
  });

  it('are not too large', () => {
    const store = new DraftStore(new Memory());
    expect(store.save(draft('x'.repeat(1_000_001)))).toBe(false);
    expect(store.list()).toEqual([]);
  });

  it('make room for one another where the browser has no more', () => {
    const store = new DraftStore(new Memory(3_000));
    const all = Array.from({ length: 10 }, (_, number) => draft(`${number}${'x'.repeat(500)}`));
    for (const each of all) expect(store.save(each)).toBe(true);
    expect(store.list()[0]?.id).toBe(all[9]?.id);
    expect(store.list().length).toBeLessThan(10);
    expect(new DraftStore(new Memory(10)).save(draft('x'))).toBe(false);
  });

  it.each(['', 'null', '{"a":', '[]', '{"id":1}', '{"id":"a","files":[]}'])(
    'may have been broken: %s',
    (text) => {
      const memory = new Memory();
      memory.setItem('runbin.drafts', text);
      memory.setItem('runbin.draft.a', text);
      const store = new DraftStore(memory);
      expect(store.load('a')).toBeUndefined();
      expect(store.save(draft('x'))).toBe(true);
    },
  );
});
