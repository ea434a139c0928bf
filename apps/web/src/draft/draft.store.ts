import { type Draft, titleOf } from './draft';

/** What is used of `localStorage`. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface DraftSummary {
  readonly id: string;
  readonly language: string;
  readonly title: string;
  readonly changedAt: number;
  readonly characters: number;
}

const INDEX = 'runbin.drafts';
const MAX_DRAFTS = 50;
/** A browser keeps about five million characters for us, history and settings included. */
const MAX_CHARACTERS = 3_000_000;
const MAX_DRAFT_CHARACTERS = 1_000_000;

const keyOf = (id: string) => `runbin.draft.${id}`;

/** What a person has written in this browser, newest first. The oldest makes room. */
export class DraftStore {
  constructor(private readonly store: KeyValueStore) {}

  list(): DraftSummary[] {
    const index = read(this.store, INDEX);
    return Array.isArray(index) ? (index as DraftSummary[]) : [];
  }

  load(id: string): Draft | undefined {
    const draft = read(this.store, keyOf(id));
    return isDraft(draft) ? draft : undefined;
  }

  /** The newest one, of a language if that is given. */
  newest(language?: string): Draft | undefined {
    for (const summary of this.list()) {
      const draft =
        language === undefined || summary.language === language ? this.load(summary.id) : undefined;
      if (draft) return draft;
    }
    return undefined;
  }

  /** @returns whether it is kept: not when it is too large */
  save(draft: Draft): boolean {
    const text = JSON.stringify(draft);
    if (text.length > MAX_DRAFT_CHARACTERS) return false;
    const { id, language, changedAt } = draft;
    const summary = { id, language, title: titleOf(draft), changedAt, characters: text.length };
    const index = [summary, ...this.list().filter((other) => other.id !== id)];
    for (;;) {
      while (index.length > 1 && isTooMuch(index)) this.drop(index);
      try {
        this.store.setItem(keyOf(id), text);
        this.store.setItem(INDEX, JSON.stringify(index));
        return true;
      } catch {
        if (index.length === 1) return false;
        this.drop(index);
      }
    }
  }

  delete(id: string): void {
    this.store.removeItem(keyOf(id));
    this.store.setItem(INDEX, JSON.stringify(this.list().filter((summary) => summary.id !== id)));
  }

  private drop(index: DraftSummary[]): void {
    const oldest = index.pop();
    if (oldest) this.store.removeItem(keyOf(oldest.id));
  }
}

function isTooMuch(index: readonly DraftSummary[]): boolean {
  const characters = index.reduce((sum, summary) => sum + summary.characters, 0);
  return index.length > MAX_DRAFTS || characters > MAX_CHARACTERS;
}

function read(store: KeyValueStore, key: string): unknown {
  try {
    return JSON.parse(store.getItem(key) ?? 'null');
  } catch {
    return undefined;
  }
}

/** What an older page, or a person, has left there may be anything. */
export function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false;
  const { id, language, files, stdin, args, compilerArgs, limits } = value as Record<string, unknown>;
  return (
    [id, language, args, compilerArgs].every((text) => typeof text === 'string') &&
    [stdin, limits].every((object) => typeof object === 'object' && object !== null) &&
    Array.isArray(files) &&
    files.length > 0 &&
    files.every(
      (file: unknown) =>
        typeof file === 'object' &&
        file !== null &&
        ['id', 'name', 'content'].every((key) => typeof (file as Record<string, unknown>)[key] === 'string'),
    )
  );
}
