import { KeptPages, type MadePage } from './kept.pages';

const page = (text: string, isFinal = true): MadePage => ({ bytes: Buffer.from(text), isFinal });

describe('KeptPages', () => {
  it('makes a page once for all that ask while it is made, and keeps it when it is final', async () => {
    const pages = new KeptPages();
    let made = 0;
    let finish = (): void => undefined;
    const make = async () => {
      made += 1;
      await new Promise<void>((resolve) => (finish = resolve));
      return page('one');
    };
    const readers = Array.from({ length: 16 }, () => pages.get('a', make));
    finish();
    expect(new Set(await Promise.all(readers)).size).toBe(1);
    expect((await pages.get('a', make)).bytes.toString()).toBe('one');
    expect(made).toBe(1);
  });

  it('makes again what is not final, what failed, and what was kept for a minute', async () => {
    let nowMs = 0;
    const pages = new KeptPages(() => nowMs);
    let made = 0;
    const make = (isFinal: boolean) => () => Promise.resolve(page(String((made += 1)), isFinal));
    const next = async (isFinal: boolean) => (await pages.get('a', make(isFinal))).bytes.toString();
    await expect(pages.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([await next(false), await next(true), await next(true)]).toEqual(['1', '2', '2']);
    nowMs = 60_000;
    expect(await next(true)).toBe('3');
  });

  it('keeps no more than it may hold: what was used last', async () => {
    const pages = new KeptPages();
    let made = 0;
    const ask = (key: string) =>
      pages.get(key, () => {
        made += 1;
        return Promise.resolve({ bytes: Buffer.alloc(1024 * 1024), isFinal: true });
      });
    for (let key = 0; key < 40; key++) await ask(String(key));
    await ask('39');
    expect(made).toBe(40);
    await ask('0');
    expect(made).toBe(41);
  });
});
