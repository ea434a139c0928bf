import { useState } from 'react';
import { Button } from '../components/button';
import { CheckIcon, CopyIcon } from '../components/icons';
import { copyText } from './copy.text';

interface CopyButtonProps {
  /** What is copied: "Copy link". */
  readonly label: string;
  readonly text: string;
  readonly kind?: 'normal' | 'primary';
}

const SAID_MS = 2000;

/** Copies a text, and says whether it did. */
export function CopyButton({ label, text, kind = 'normal' }: CopyButtonProps) {
  const [said, setSaid] = useState<'Copied' | 'Not copied'>();
  return (
    <Button
      kind={kind}
      onPress={() => {
        void copyText(text).then((isCopied) => {
          setSaid(isCopied ? 'Copied' : 'Not copied');
          setTimeout(() => setSaid(undefined), SAID_MS);
        });
      }}
    >
      {said === 'Copied' ? <CheckIcon /> : <CopyIcon />}
      <span aria-live="polite">{said ?? label}</span>
    </Button>
  );
}
