import { LiveOutput } from './live.output';

/** A block above all that came out, in which something is shown as it happens. */
export interface Stage {
  readonly output: LiveOutput;
  /** Between the title and the output. */
  readonly controls: HTMLElement;
  /** Beside the title: what goes on, said to those who can not see it, too. */
  say(note: string): void;
  /** A button beside the note, until it is removed. */
  tool(name: string, press: () => void): HTMLButtonElement;
  close(): void;
}

/** One at a time: another takes its place. */
let open: Stage | undefined;

/** @param onClose called when a person closes it, or another one takes its place */
export function openStage(title: string, onClose: () => void): Stage {
  open?.close();
  const name = element('h2', { id: 'stage-name' }, title);
  const note = element('small', { class: 'note', role: 'status' });
  const closing = element('button', { type: 'button', class: 'quiet' }, 'Close');
  const tools = element('span', { class: 'tools' });
  tools.append(closing);
  const head = element('header');
  head.append(name, note, tools);
  const controls = element('div', { class: 'player' });
  controls.hidden = true;
  const pre = element('pre', { class: 'output', tabindex: '0' });
  const section = element('section', { class: 'block', id: 'stage', 'aria-labelledby': 'stage-name' });
  section.append(head, controls, pre);
  const results = document.getElementById('results');
  results?.prepend(section);
  results?.parentElement?.classList.add('two');
  section.scrollIntoView({ block: 'nearest' });

  const output = new LiveOutput(pre);
  const stage: Stage = {
    output,
    controls,
    say: (text) => (note.textContent = text),
    tool(name, press) {
      const button = element('button', { type: 'button', class: 'quiet' }, name);
      button.addEventListener('click', press);
      tools.prepend(button);
      return button;
    },
    close() {
      if (open !== stage) return;
      open = undefined;
      section.remove();
      onClose();
    },
  };
  closing.addEventListener('click', () => stage.close());
  open = stage;
  return stage;
}

/** @param attributes by name */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  text = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}
