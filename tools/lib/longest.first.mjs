// @ts-check
/**
 * Specs that take longest, the longest first (docs/testing.md has the seconds). Where several workers share them, one that is
 * begun last is waited for by all.
 */
const LONGEST = [
  'hostile.e2e',
  'faults.e2e',
  'walls.int',
  'docker.engine.int',
  'start.int',
  'work.int',
  'reconnect.int',
  'docker.faults.int',
  'editor.e2e',
  'attacks.e2e',
  'soak.e2e',
];

/** Jest's `--testSequencer`: what is not named above comes after it, as large files before small ones. */
export default class LongestFirst {
  /** @param {readonly {path: string, context: {hasteFS: {getSize(path: string): number | null}}}[]} tests */
  sort(tests) {
    /** @type {(test: (typeof tests)[number]) => number} */
    const rank = ({ path }) => {
      const at = LONGEST.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
      return at === -1 ? LONGEST.length : at;
    };
    const bytes = (/** @type {(typeof tests)[number]} */ { path, context }) =>
      context.hasteFS.getSize(path) ?? 0;
    return [...tests].sort((one, other) => rank(one) - rank(other) || bytes(other) - bytes(one));
  }

  /** Nothing is kept of one run for the next: each is begun on a new machine. */
  cacheResults() {}
}
