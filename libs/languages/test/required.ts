import type { Language } from '../src/language';

/** The cases that the corpus of every language has. */
export const REQUIRED_CASES = [
  'args',
  'exit-code',
  'hello',
  'output-1mib',
  'several-files',
  'stdin',
  'syntax-error',
  'uncaught-error',
  'utf8',
];

/**
 * The Dockerfile that a language has: it installs the packages that language.json names, since two lists drift.
 * @param isPrepared whether it has a prepare.sh
 */
export function dockerfileOf({ debian_packages }: Language, isPrepared: boolean): string {
  return [
    'FROM debian:trixie-slim',
    'RUN apt-get update \\',
    ` && apt-get install -y --no-install-recommends ${debian_packages.join(' ')} \\`,
    ' && rm -rf /var/cache/apt/* /var/lib/apt/lists/*',
    ...(isPrepared ? ['COPY prepare.sh /tmp/', 'RUN sh -e /tmp/prepare.sh'] : []),
    'COPY --from=runbin/sandbox / /',
    '',
  ].join('\n');
}
