/** Runs before the first paint (build/early.theme.ts). Imports nothing, so that it can be a classic script. */
try {
  const theme = localStorage.getItem('runbin.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing for us follows the system.
}
