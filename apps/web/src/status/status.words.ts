import type { GetStatusResponse, RunnerStatus, ServiceName } from '@runbin/contracts/service.status';

/** What each part is for, for whoever does not know its name. */
export const PURPOSES: Record<ServiceName, string> = {
  gateway: 'takes requests',
  nats: 'carries messages',
  submission: 'keeps what was submitted',
  result: 'keeps what came out',
  url: 'opens links',
  runner: 'runs programs',
};

export interface Headline {
  readonly tone: 'good' | 'wait' | 'bad';
  readonly text: string;
}

/** All of it in one line. */
export function headlineOf({ services, runners, queue }: GetStatusResponse): Headline {
  const broken = services.filter(({ ok }) => !ok).map(({ name }) => name);
  if (broken.length > 0) return { tone: 'bad', text: `Not working: ${broken.join(', ')}` };
  if (queue && queue.unfinished >= queue.unfinished_max) {
    return { tone: 'bad', text: 'The queue is full: new programs are refused' };
  }
  const away = runners.filter(({ ready }) => !ready).length;
  if (away > 0) return { tone: 'wait', text: `Working; ${away} of ${runners.length} runners take no work` };
  return { tone: 'good', text: 'Everything works' };
}

/** Modes that are weaker than they should be, each with the runners that it is of; none: it is shared. */
export function weaknessesOf({ degraded, runners }: GetStatusResponse): { mode: string; of: string[] }[] {
  const byMode = new Map<string, string[]>(degraded.map((mode) => [mode, []]));
  for (const { name, degraded: modes } of runners)
    for (const mode of modes) byMode.set(mode, [...(byMode.get(mode) ?? []), name]);
  return [...byMode].map(([mode, of]) => ({ mode, of }));
}

/** What a runner keeps ready, or that it does not say. */
export function keptReady({ pool }: RunnerStatus): string {
  if (!pool) return 'not told';
  const parked = Object.values(pool.parked).reduce((sum, count) => sum + count, 0);
  return `${parked} started, ${pool.empty} empty`;
}

/** The languages of which something waits, those with most first. */
export function parkedLanguages({ pool }: RunnerStatus): [language: string, count: number][] {
  return Object.entries(pool?.parked ?? {})
    .filter(([, count]) => count > 0)
    .sort(([one, ones], [other, others]) => others - ones || one.localeCompare(other));
}
