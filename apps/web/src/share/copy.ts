const SAID_MS = 1_500;

/** Copies what is at the address that a button names, whole and as it is, and says so for a moment. */
export async function copyFrom(button: HTMLButtonElement): Promise<void> {
  const name = button.textContent;
  try {
    // Given as a promise, so that a browser still knows that a person pressed the button.
    const text = fetch(button.dataset.copy ?? '').then(async (answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return new Blob([await answer.text()], { type: 'text/plain' });
    });
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not copied';
  }
  setTimeout(() => (button.textContent = name), SAID_MS);
}
