import './menu.css';
import type { ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem as AriaMenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';

export interface MenuEntry {
  readonly id: string;
  readonly label: ReactNode;
  /** Name for who types or listens, where the label is no text. */
  readonly text?: string;
  readonly hint?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
}

interface MenuProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly onAction: (id: string) => void;
  /** Marks one entry as the chosen one. */
  readonly chosen?: string;
}

export function Menu({ label, trigger, entries, onAction, chosen }: MenuProps) {
  const selection =
    chosen === undefined ? {} : ({ selectionMode: 'single', selectedKeys: [chosen] } as const);
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover" placement="bottom end" offset={4}>
        <AriaMenu
          className="menu"
          aria-label={label}
          onAction={(key) => {
            onAction(String(key));
          }}
          {...selection}
        >
          {entries.map(({ id, label: content, text, hint, isDanger = false, isDisabled = false }) => (
            <AriaMenuItem
              key={id}
              id={id}
              textValue={text ?? (typeof content === 'string' ? content : id)}
              className={`menu-item${isDanger ? ' menu-item-danger' : ''}`}
              isDisabled={isDisabled}
            >
              <span>{content}</span>
              {hint === undefined ? null : <span className="menu-hint">{hint}</span>}
            </AriaMenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
