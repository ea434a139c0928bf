import './menu.css';
import './picker.css';
import { type ReactNode, useState } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Input } from 'react-aria-components/Input';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Popover } from 'react-aria-components/Popover';
import { SearchField } from 'react-aria-components/SearchField';
import { Button } from './button';
import { ChevronIcon } from './icons';

export interface Choice {
  readonly id: string;
  readonly text: string;
  /** It is found by these, too. */
  readonly words: readonly string[];
  readonly hint?: string;
  readonly isDisabled?: boolean;
}

interface PickerProps {
  /** What is chosen here: "Language". */
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: string;
  /** What the button says. */
  readonly shown: ReactNode;
  readonly onChoose: (id: string) => void;
}

/** A button with a list behind it that is searched by typing. */
export function Picker({ label, choices, chosen, shown, onChoose }: PickerProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button>
        {/* A name that holds the words that are seen: who speaks to a page says those. */}
        <span className="visually-hidden">{`${label}: `}</span>
        {shown}
        <ChevronIcon />
      </Button>
      <Popover className="popover" placement="bottom start" offset={4}>
        <Dialog className="picker" aria-label={label}>
          <Autocomplete filter={isFound}>
            <SearchField className="picker-search" aria-label={`Search: ${label}`} autoFocus>
              <Input
                className="picker-input"
                // What it is: the list is gone through by its arrow keys, and has no focus of its own.
                role="combobox"
                aria-expanded
                placeholder="Search"
                spellCheck={false}
                // At once: the field would only become empty first.
                onKeyDownCapture={({ key }) => {
                  if (key === 'Escape') setOpen(false);
                }}
              />
            </SearchField>
            <ListBox
              className="picker-list"
              aria-label={label}
              selectionMode="single"
              selectedKeys={[chosen]}
              renderEmptyState={() => <div className="picker-empty">Nothing found</div>}
              disallowEmptySelection
              onSelectionChange={(keys) => {
                const [key] = keys;
                setOpen(false);
                if (key !== undefined) onChoose(String(key));
              }}
            >
              {choices.map(({ id, text, words, hint, isDisabled = false }) => (
                <ListBoxItem
                  key={id}
                  id={id}
                  textValue={[text, ...words].join('\n')}
                  aria-label={hint === undefined ? text : `${text} ${hint}`}
                  className="menu-item"
                  isDisabled={isDisabled}
                >
                  <span>{text}</span> {hint === undefined ? null : <span className="menu-hint">{hint}</span>}
                </ListBoxItem>
              ))}
            </ListBox>
          </Autocomplete>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function isFound(text: string, input: string): boolean {
  return text.toLowerCase().includes(input.trim().toLowerCase());
}
