import type { LanguagesResponse } from '@runbin/contracts/language';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import { wordsOf } from '../api/problem';
import { settings } from '../settings/settings';

const KEY = 'languages';

/** Those of the last visit are shown until the server has answered. */
function remembered(): LanguagesResponse | undefined {
  try {
    const known = JSON.parse(settings.get(KEY) ?? 'null') as Partial<LanguagesResponse> | null;
    // An older page may have left it there.
    return known?.languages && known.limit_caps ? { ...(known as LanguagesResponse) } : undefined;
  } catch {
    return undefined;
  }
}

/** Asked for while the page is still being put together. */
let asked: Promise<LanguagesResponse> | undefined = api.listLanguages();
asked.catch(() => undefined);

export interface KnownLanguages {
  readonly known: LanguagesResponse | undefined;
  /** Why the server has not told them, in words. */
  readonly problem: string | undefined;
  readonly askAgain: () => void;
}

/** The languages of this server. */
export function useLanguages(): KnownLanguages {
  const [known, setKnown] = useState(remembered);
  const [problem, setProblem] = useState<string>();
  const ask = () => {
    const answer = asked ?? api.listLanguages();
    asked = undefined;
    answer.then(
      (languages) => {
        setKnown(languages);
        setProblem(undefined);
        settings.set(KEY, JSON.stringify(languages));
      },
      (error: unknown) => {
        setProblem(wordsOf(error));
      },
    );
  };
  useEffect(ask, []);
  return { known, problem, askAgain: ask };
}
