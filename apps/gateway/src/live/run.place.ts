import { RunPositionSchema } from '@runbin/contracts/follow.events';

/** How far somebody is in a run: in which attempt, and behind how many pieces of its output. */
export interface Place {
  readonly attempt: number;
  readonly seq: number;
}

/** Behind `queued`, before anything ran. */
export const QUEUED: Place = { attempt: 0, seq: 0 };

export const positionOf = ({ attempt, seq }: Place) => `${attempt}.${seq}`;
export const endOf = (attempt: number) => `${attempt}.end`;

/** The place that a position means; `end` behind the last event; undefined: it is none. */
export function placeOf(position: string): Place | 'end' | undefined {
  if (!RunPositionSchema.safeParse(position).success) return undefined;
  const [attempt, seq] = position.split('.');
  return seq === 'end' ? 'end' : { attempt: Number(attempt), seq: Number(seq) };
}
