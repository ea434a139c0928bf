import type { Status } from '@runbin/contracts/status';
import type { KeyValueStore } from '../draft/draft.store';
import type { SavedRun } from '../run/run.state';

/** A link that was made here. */
export interface KeptLink {
  readonly code: string;
  readonly url: string;
  /** RFC 3339; null: never. */
  readonly expiresAt: string | null;
}

/** A run that was started here, with what only its owner knows. */
export interface KeptRun {
  readonly submissionId: string;
  readonly ownerToken: string;
  readonly language: string;
  readonly title: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Whether it listens to what is typed. */
  readonly input: SavedRun['input'];
  /** As far as this browser saw it. */
  readonly status: Status;
  readonly links: readonly KeptLink[];
}

export const HISTORY_KEY = 'runbin.history';
const MAX_RUNS = 200;

/** One's runs in this browser, newest first. Every page of it reads and writes the same list. */
export class HistoryStore {
  constructor(private readonly store: KeyValueStore) {}

  list(): KeptRun[] {
    try {
      const kept: unknown = JSON.parse(this.store.getItem(HISTORY_KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter(isRun) : [];
    } catch {
      return [];
    }
  }

  find(submissionId: string): KeptRun | undefined {
    return this.list().find((run) => run.submissionId === submissionId);
  }

  add(run: KeptRun): void {
    this.write([run, ...this.list().filter(({ submissionId }) => submissionId !== run.submissionId)]);
  }

  change(submissionId: string, change: Partial<Pick<KeptRun, 'status' | 'links'>>): void {
    this.write(this.list().map((run) => (run.submissionId === submissionId ? { ...run, ...change } : run)));
  }

  remove(submissionId: string): void {
    this.write(this.list().filter((run) => run.submissionId !== submissionId));
  }

  private write(runs: readonly KeptRun[]): void {
    try {
      this.store.setItem(HISTORY_KEY, JSON.stringify(runs.slice(0, MAX_RUNS)));
    } catch {
      // The browser has no room: the run is there all the same, this list is not.
    }
  }
}

function isRun(value: unknown): value is KeptRun {
  if (typeof value !== 'object' || value === null) return false;
  const run = value as Record<string, unknown>;
  const texts = ['submissionId', 'ownerToken', 'language', 'title', 'createdAt', 'status', 'input'];
  return texts.every((name) => typeof run[name] === 'string') && Array.isArray(run.links);
}
