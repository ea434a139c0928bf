import { useCallback, useEffect, useRef, useState } from 'react';
import { newUuid } from '../api/uuid';
import { claimDraft } from '../draft/draft.lock';
import type { Draft } from '../draft/draft';
import { DraftStore, isDraft } from '../draft/draft.store';
import { browserStore, pageStore } from '../settings/settings';

const PAGE_KEY = 'runbin.page.draft';
const SAVE_AFTER_MS = 300;

export const drafts = new DraftStore(browserStore);

export interface Workspace {
  /** Undefined until there is something to begin with. */
  readonly draft: Draft | undefined;
  /** The same with what was typed a moment ago, which is not drawn yet. */
  readonly latest: () => Draft | undefined;
  /** Why the work is not kept, in words; undefined when it is. */
  readonly problem: string | undefined;
  /** Puts another one in its place. What was changed in this one is kept. */
  readonly open: (draft: Draft) => void;
  readonly change: (change: (draft: Draft) => Draft) => void;
}

/** The draft of this page: of its last load, or the newest of this browser. It is kept as it changes. */
export function useWorkspace(): Workspace {
  const [draft, setDraft] = useState<Draft | undefined>(() => draftOfPage() ?? drafts.newest());
  const [problem, setProblem] = useState<string>();
  const now = useRef(draft);
  const unsaved = useRef<Draft>(undefined);

  const put = useCallback((next: Draft) => {
    now.current = next;
    setDraft(next);
  }, []);
  const latest = useCallback(() => now.current, []);

  const save = useCallback(() => {
    const { current } = unsaved;
    unsaved.current = undefined;
    if (current) setProblem(keep(current));
  }, []);

  useEffect(() => {
    if (!draft) return;
    unsaved.current = draft;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, save]);

  useEffect(() => {
    addEventListener('pagehide', save);
    document.addEventListener('visibilitychange', save);
    return () => {
      removeEventListener('pagehide', save);
      document.removeEventListener('visibilitychange', save);
    };
  }, [save]);

  const id = draft?.id;
  useEffect(() => {
    if (id === undefined) return;
    void claimDraft(id).then((isOurs) => {
      // Another page writes it: this one goes on with a copy.
      if (!isOurs && now.current?.id === id) put({ ...now.current, id: newUuid() });
    });
  }, [id, put]);

  const open = useCallback(
    (next: Draft) => {
      save();
      put(next);
    },
    [save, put],
  );
  const change = useCallback(
    (how: (draft: Draft) => Draft) => {
      const before = now.current;
      const next = before && how(before);
      if (next && next !== before) put({ ...next, changedAt: Date.now() });
    },
    [put],
  );
  return { draft, latest, problem, open, change };
}

function draftOfPage(): Draft | undefined {
  try {
    const draft: unknown = JSON.parse(pageStore.getItem(PAGE_KEY) ?? 'null');
    return isDraft(draft) ? draft : undefined;
  } catch {
    return undefined;
  }
}

/** @returns why it could not be kept */
function keep(draft: Draft): string | undefined {
  try {
    pageStore.setItem(PAGE_KEY, JSON.stringify(draft));
  } catch {
    // Too large for it. What this page showed before must not come back in its place.
    pageStore.removeItem(PAGE_KEY);
  }
  // What was only looked at is no work.
  if (draft.changedAt === 0 || drafts.save(draft)) return undefined;
  return 'This is too much for the browser to keep: it is gone when the page is.';
}
