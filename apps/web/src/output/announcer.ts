import { spansOf } from './ansi';
import type { OutputStore } from './output.store';
import { countText } from './units';

/** So often somebody who listens is told what is new, at most. */
const EVERY_MS = 2_000;
/** So many lines at a time; of others only their number. */
const LINES = 5;
const LINE_CHARACTERS = 200;
const KEPT = 20;

/** Tells somebody who does not see it what a program prints: the last lines, and how many came before them. */
export class Announcer {
  readonly element = document.createElement('div');
  private told: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stopListening: () => void;

  constructor(
    private readonly output: OutputStore,
    label: string,
  ) {
    this.element.className = 'visually-hidden';
    this.element.setAttribute('role', 'log');
    this.element.setAttribute('aria-label', label);
    this.told = output.rowCount;
    this.stopListening = output.onChange(() => {
      this.timer ??= setTimeout(() => this.tell(), EVERY_MS);
    });
  }

  dispose(): void {
    this.stopListening();
    clearTimeout(this.timer);
    this.element.remove();
  }

  private tell(): void {
    this.timer = undefined;
    const count = this.output.rowCount;
    if (count < this.told) {
      this.told = 0;
      this.element.replaceChildren();
    }
    const from = Math.max(this.told, count - LINES);
    if (from > this.told) this.say(`${countText(from - this.told)} more lines`);
    for (let row = from; row < count; row++) {
      const { text, pen, stream } = this.output.row(row);
      const said = spansOf(text.slice(0, LINE_CHARACTERS), pen).map((span) => span.text);
      this.say(`${stream === 'stderr' ? 'stderr: ' : ''}${said.join('')}`);
    }
    this.told = count;
  }

  private say(text: string): void {
    if (text.trim() === '') return;
    const line = document.createElement('div');
    line.textContent = text;
    this.element.append(line);
    while (this.element.childElementCount > KEPT) this.element.firstElementChild?.remove();
  }
}
