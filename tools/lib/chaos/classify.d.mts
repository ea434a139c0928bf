export interface Entry {
  outcome: 'ok' | 'fail' | 'unknown';
  ids: string[];
  finals: string[];
  last: 'unread' | 'missing' | 'pending' | 'final';
  wentBack: boolean;
  mistake: string | undefined;
  executedAs: string[];
}
export type Class = 'ok' | 'refused' | 'unknown' | 'lost' | 'duplicated' | 'wrong' | 'ghost' | 'stuck';

export declare const CLASSES: readonly Class[];
export declare const VIOLATIONS: readonly Class[];
export declare function classify(entry: Entry, hasKeys: boolean): { class: Class; why?: string };
export declare function tally<E extends Entry & { name: string }>(
  entries: Iterable<E>,
  hasKeys: boolean,
): { counts: Record<Class, number>; violations: string[] };
