import type { LanguagesResponse } from '@runbin/contracts/language';
import { useEffect, useState } from 'react';
import { api } from '../api/client';
import { wordsOf } from '../api/problem';
import { draftOf, exampleDraft } from '../draft/draft';
import type { Workspace } from './use.workspace';

const FAVOURITE = 'python';

/**
 * What a page begins with that has nothing of its own: the program of the link that it was opened with (`?fork=CODE`), or an
 * example.
 * @returns what is going on with the link, in words; undefined when nothing is
 */
export function useOpening(
  { draft, open }: Workspace,
  known: LanguagesResponse | undefined,
): string | undefined {
  const [code] = useState(() => new URLSearchParams(location.search).get('fork'));
  const [notice, setNotice] = useState(code === null ? undefined : 'Opening the link …');

  const isKnown = known !== undefined;

  useEffect(() => {
    if (code === null || !known) return;
    const abandoned = new AbortController();
    api.getSubmission(code, abandoned.signal).then(
      ({ submission }) => {
        const language = known.languages.find(({ id }) => id === submission.language);
        open(draftOf(submission, language, Date.now()));
        setNotice(undefined);
        history.replaceState(null, '', location.pathname);
      },
      (error: unknown) => {
        if (!abandoned.signal.aborted) setNotice(wordsOf(error));
      },
    );
    return () => abandoned.abort();
    // Once, as soon as the languages are known: they may be told anew afterwards.
  }, [code, isKnown, open]);

  useEffect(() => {
    if (draft || !known || (code !== null && notice === 'Opening the link …')) return;
    const offered = known.languages.filter(({ available }) => available);
    const language = offered.find(({ id }) => id === FAVOURITE) ?? offered[0] ?? known.languages[0];
    if (language) open(exampleDraft(language));
  }, [draft, known, open, code, notice]);
  return notice;
}
