/** Runs before the first paint (build/early.theme.ts). Imports nothing, so that it can be a classic script. */
// Pages that the gateway makes keep room for what their script will show.
document.documentElement.dataset.scripted = '';
try {
  const theme = localStorage.getItem('runbin.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing for us follows the system.
}
