// Imports nothing, so that a browser can have it, too.

/** Bounds that keep one submission small in kind, whatever its bytes. */
export const MAX_FILES = 256;
export const MAX_FILE_NAME_BYTES = 255;

const UNSAFE_NAME_CHARACTERS = /[\u0000-\u001f\u007f\\]/;

/** Names that Windows keeps for devices, with any extension: whoever downloads the files there could not write them. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?$/i;

/** Why a file name is refused, or undefined. A name is a relative path of plain segments, joined by single slashes. */
export function fileNameProblem(name: string): string | undefined {
  if (new TextEncoder().encode(name).length > MAX_FILE_NAME_BYTES)
    return `is longer than ${MAX_FILE_NAME_BYTES} bytes`;
  if (UNSAFE_NAME_CHARACTERS.test(name)) return 'holds a control character or a backslash';
  if (name.startsWith('/')) return 'must be relative: remove the leading slash';
  if (name.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'must not hold empty, "." or ".." segments';
  }
  if (name.split('/').some((segment) => DEVICE_NAME.test(segment)))
    return 'holds a name that Windows reserves for a device';
  return undefined;
}

/** Two files of one name, or a file whose name is another's directory, can not both be written. */
export function conflictingNames(names: readonly string[]): string | undefined {
  const files = new Set<string>();
  const directories = new Set<string>();
  for (const name of names) {
    if (files.has(name)) return `names "${name}" twice`;
    files.add(name);
    for (let end = name.indexOf('/'); end !== -1; end = name.indexOf('/', end + 1))
      directories.add(name.slice(0, end));
  }
  for (const name of files) if (directories.has(name)) return `names "${name}" as a file and as a directory`;
  return undefined;
}
