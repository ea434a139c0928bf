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

/** Prepares a toolchain, with the help of the files beside it. */
const SCRIPT = 'prepare.sh';

/**
 * The Dockerfile that a language has: it installs the packages that language.json names, since two lists drift.
 * @param files of the language's folder
 */
export function dockerfileOf({ debian_packages }: Language, files: readonly string[]): string {
  const besideScript = files.filter((name) => !['Dockerfile', 'language.json', SCRIPT].includes(name));
  return [
    'FROM debian:trixie-slim',
    'RUN apt-get update \\',
    ` && apt-get install -y --no-install-recommends ${debian_packages.join(' ')} \\`,
    ' && rm -rf /var/cache/apt/* /var/lib/apt/lists/*',
    ...(files.includes(SCRIPT)
      ? [`COPY ${[SCRIPT, ...besideScript.sort()].join(' ')} /tmp/`, `RUN sh -e /tmp/${SCRIPT}`]
      : []),
    'COPY --from=runbin/sandbox / /',
    '',
  ].join('\n');
}
