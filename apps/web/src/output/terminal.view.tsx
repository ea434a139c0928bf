import './terminal.view.css';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../components/button';
import { settings } from '../settings/settings';
import type { TerminalProps } from './terminal';

const Terminal = lazy(async () => ({ default: (await import('./terminal')).Terminal }));

const READ_SETTING = 'terminal.read';

export interface TerminalViewProps extends Omit<TerminalProps, 'isRead'> {
  /** Sends Ctrl+C, for who has no such key. */
  readonly onInterrupt: () => void;
  /** No more input follows: Ctrl+D. */
  readonly onEndInput: () => void;
  /** Why the last input was not taken, or null. */
  readonly inputTrouble: string | null;
}

/** A terminal and what else it takes to talk with a program. It is loaded when the first one is wanted. */
export function TerminalView({ onInterrupt, onEndInput, inputTrouble, ...terminal }: TerminalViewProps) {
  const [isRead, setRead] = useState(() => settings.get(READ_SETTING) === '1');
  return (
    <section className="terminal-view" aria-label="Terminal">
      <div className="output-tools">
        <span className="output-summary" role="status">
          {inputTrouble ?? (terminal.isRunning ? 'The program listens to what you type.' : '')}
        </span>
        <Button kind="plain" isDisabled={!terminal.isRunning} onPress={onInterrupt}>
          Interrupt (Ctrl+C)
        </Button>
        <Button kind="plain" isDisabled={!terminal.isRunning} onPress={onEndInput}>
          End input (Ctrl+D)
        </Button>
        <Button
          kind="plain"
          aria-pressed={isRead}
          onPress={() => {
            settings.set(READ_SETTING, isRead ? '0' : '1');
            setRead(!isRead);
          }}
        >
          Screen reader
        </Button>
      </div>
      <Suspense fallback={<p className="output-placeholder">The terminal is being loaded.</p>}>
        <Terminal {...terminal} isRead={isRead} />
      </Suspense>
    </section>
  );
}
