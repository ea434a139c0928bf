/**
 * A weaker mode (`degraded`) as anybody may read it. What a runner found on its machine it says in brackets, with places,
 * names and process ids: that is for those who run it, in its log and in /readyz.
 */
export function publicMode(mode: string): string {
  // What was found may hold brackets itself.
  return mode.replace(/ ?\(.*\)/s, '').replaceAll(/\/[\w./-]+/g, '…');
}
