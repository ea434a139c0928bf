/** What reading costs, where looking up one thing, also with `?wait=`, and beginning to follow a run, cost 1. */
const COSTS: readonly (readonly [route: RegExp, cost: number])[] = [
  // Who watches over this server must see it, however much is read.
  [/^\/(?:healthz|readyz|metrics)$/, 0],
  // Files as they lie on the disk: a page of the build loads dozens.
  [/^\/(?:assets\/:asset|docs\/.*|favicon.*)$/, 0.1],
  [/^\/s\/:code\/zip$/, 10],
  // Made for whoever asks: the page of a link, for a frame too, and its picture.
  [/^\/(?:s|embed)\/:code$|^\/s\/:code\/card\.png$/, 5],
];

/** An answer costs another request for each of these. */
const BYTES_PER_COST = 256 * 1024;

/** @param route as it is declared; undefined: there is none */
export const costOfRead = (route: string | undefined): number =>
  COSTS.find(([pattern]) => pattern.test(route ?? ''))?.[1] ?? 1;

export const costOfAnswer = (bytes: number): number => Math.floor(bytes / BYTES_PER_COST);
