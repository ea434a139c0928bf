import type { KeyValueStore } from '../draft/draft.store';

/** What a browser keeps for us; where it keeps nothing, this page remembers, as long as it is there. */
function kept(which: 'localStorage' | 'sessionStorage'): KeyValueStore {
  try {
    const store = window[which];
    store.setItem('runbin.probe', '');
    store.removeItem('runbin.probe');
    return store;
  } catch {
    const items = new Map<string, string>();
    return {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  }
}

/** For all pages of this browser, and for this one and its reloads. */
export const browserStore = kept('localStorage');
export const pageStore = kept('sessionStorage');

/** Small things that a person has set up; lost without harm. */
export const settings = {
  get(name: string): string | undefined {
    return browserStore.getItem(`runbin.${name}`) ?? undefined;
  },

  set(name: string, value: string): void {
    try {
      browserStore.setItem(`runbin.${name}`, value);
    } catch {
      // The browser has no room.
    }
  },
};
