import { chooseTheme, shownTheme } from '../theme/theme';
import { copyFrom } from './copy';
import { followToTheEnd, runAgain } from './again';
import { replay } from './replay.stage';

/** What makes the page of a link come alive. The page shows everything without it. */
const page = document.getElementById('share');

if (page) {
  const { code = '', status = '' } = page.dataset;
  const isPending = ['queued', 'running', 'unknown'].includes(status);
  onPress('theme', (button) => {
    chooseTheme(shownTheme() === 'dark' ? 'light' : 'dark');
    nameTheme(button);
  });
  if (isPending) void followToTheEnd(code);
  else {
    onPress('run', (button) => void runAgain(code, button));
    if (document.querySelector('#output, #errors')) {
      onPress('replay', (button) => void replay(code, button));
    }
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', () => void copyFrom(button));
  }
  // Room was kept for all of them, so that nothing moves when they come.
  for (const button of document.querySelectorAll('button[hidden]')) button.remove();
  pointToLines();
}

/** A button that is of no use without this script is hidden until here. */
function onPress(action: string, press: (button: HTMLButtonElement) => void): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-action="${action}"]`);
  if (!button) return;
  if (action === 'theme') nameTheme(button);
  button.hidden = false;
  button.addEventListener('click', () => press(button));
}

function nameTheme(button: HTMLButtonElement): void {
  button.textContent = shownTheme() === 'dark' ? 'Light' : 'Dark';
  button.title = `Show the pages in a ${button.textContent.toLowerCase()} theme`;
}

/** A press on the number of a line makes it the one that the address points to. */
function pointToLines(): void {
  for (const lines of document.querySelectorAll<HTMLElement>('pre.lines')) {
    lines.addEventListener('click', (event) => {
      const line = (event.target as Element).closest('.l');
      const numbers = parseFloat(getComputedStyle(lines).fontSize) * 3.5;
      if (line && event.clientX - line.getBoundingClientRect().left < numbers) location.hash = line.id;
    });
  }
}
