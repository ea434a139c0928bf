import '@xterm/xterm/css/xterm.css';
import './terminal.css';
import type { TerminalSize } from '@runbin/contracts/interactive';
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal as XTerm } from '@xterm/xterm';
import { useEffect, useRef } from 'react';
import { watchTheme } from '../theme/theme';
import type { OutputStore } from './output.store';
import { TerminalFeed } from './terminal.feed';

export interface TerminalProps {
  /** What the program writes. */
  readonly output: OutputStore;
  /** Whether something listens to what is typed. */
  readonly isRunning: boolean;
  /** Lets a screen reader read along, at the cost of speed. */
  readonly isRead: boolean;
  readonly onType: (data: string) => void;
  /** Bytes that are no text, as base64: what some programs are told of the mouse. */
  readonly onTypeBytes: (base64: string) => void;
  readonly onResize: (size: TerminalSize) => void;
}

const SCROLLBACK_LINES = 5_000;

/** A terminal for a run that has one: what is typed goes to the program, what it writes is drawn as it says. */
export function Terminal(props: TerminalProps) {
  const host = useRef<HTMLDivElement>(null);
  const terminal = useRef<XTerm>(null);
  // Handlers may change with every drawing; the terminal stays.
  const handlers = useRef(props);
  const { output, isRunning, isRead } = props;
  useEffect(() => {
    handlers.current = props;
  });
  useEffect(() => {
    const parent = host.current;
    if (!parent) return undefined;
    const { term, dispose } = openTerminal(parent, output, handlers.current, (event) =>
      event(handlers.current),
    );
    terminal.current = term;
    return () => {
      terminal.current = null;
      dispose();
    };
  }, [output]);
  useEffect(() => {
    const term = terminal.current;
    if (!term) return;
    term.options.disableStdin = !isRunning;
    term.options.cursorBlink = isRunning;
    term.options.screenReaderMode = isRead;
    if (isRunning) term.focus();
  }, [isRunning, isRead]);
  return (
    <div
      className="terminal"
      ref={host}
      role="group"
      aria-label="Terminal of the program. Shift and Tab leave it."
    />
  );
}

type Tell = (event: (handlers: TerminalProps) => void) => void;

function openTerminal(parent: HTMLElement, output: OutputStore, { isRead }: TerminalProps, tell: Tell) {
  const term = new XTerm({
    scrollback: SCROLLBACK_LINES,
    fontFamily: style('--mono'),
    fontSize: 13,
    theme: themeOf(),
    minimumContrastRatio: 4.5,
    screenReaderMode: isRead,
    // Links of a program lead where it wants.
    linkHandler: { activate: () => undefined },
  });
  const fit = new FitAddon();
  term.loadAddon(fit);
  term.open(parent);
  term.attachCustomKeyEventHandler((event) => isForProgram(event, term));

  const feed = new TerminalFeed(output, {
    write: (bytes, done) => term.write(bytes, done),
    reset: () => term.reset(),
  });
  // A terminal answers questions of the program; those that were asked before it was here have been answered.
  let isPast = output.textCount > 0;
  const isPresent = () => {
    if (isPast && feed.isDrained) isPast = false;
    return !isPast;
  };
  term.onData((data) => {
    if (isPresent()) tell(({ onType }) => onType(data));
  });
  term.onBinary((data) => {
    if (isPresent()) tell(({ onTypeBytes }) => onTypeBytes(btoa(data)));
  });
  term.onResize(({ cols, rows }) => tell(({ onResize }) => onResize({ columns: cols, rows })));

  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(parent);
  const stopWatching = watchTheme(() => {
    term.options.theme = themeOf();
  });
  return {
    term,
    dispose: () => {
      stopWatching();
      resized.disconnect();
      feed.dispose();
      term.dispose();
    },
  };
}

/** Keys that the page keeps: Shift+Tab leaves the terminal, Ctrl+C copies what is selected. */
function isForProgram(event: KeyboardEvent, term: XTerm): boolean {
  if (event.key === 'Tab' && (event.shiftKey || term.options.disableStdin === true)) return false;
  const isCopy = event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey);
  return !(isCopy && term.hasSelection());
}

const COLOURS = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

/** The colours of the page, of which it knows only when it is asked how it draws them. */
function themeOf(): ITheme {
  const colours = Object.fromEntries(COLOURS.map((name, i) => [name, drawn(`var(--ansi-c${i})`)]));
  const [background, ink] = [drawn('var(--ground)'), drawn('var(--ink)')];
  return {
    ...colours,
    background,
    foreground: ink,
    cursor: ink,
    cursorAccent: background,
    selectionBackground: drawn('var(--accent-soft)'),
  };
}

function style(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}

function drawn(colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const text = getComputedStyle(probe).color;
  probe.remove();
  return text;
}
