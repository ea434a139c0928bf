/** What a person chose; `system` follows the machine. Kept where early.ts finds it. */
export type Theme = 'system' | 'light' | 'dark';

const KEY = 'runbin.theme';

export function chosenTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}

export function chooseTheme(theme: Theme): void {
  const { documentElement } = document;
  if (theme === 'system') delete documentElement.dataset.theme;
  else documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this page, then.
  }
}

const dark = () => matchMedia('(prefers-color-scheme: dark)');

/** What is shown now. */
export function shownTheme(): 'light' | 'dark' {
  const { theme } = document.documentElement.dataset;
  if (theme === 'light' || theme === 'dark') return theme;
  return dark().matches ? 'dark' : 'light';
}

/** Calls when what is shown may have changed, by the person or by the system. */
export function watchTheme(onChange: () => void): () => void {
  const query = dark();
  const observer = new MutationObserver(onChange);
  query.addEventListener('change', onChange);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    query.removeEventListener('change', onChange);
    observer.disconnect();
  };
}
