import { DECEPTIVE } from '../display/deceptive';

/** What no file system takes in a name, and what would end a quoted string. */
const UNSAFE = /["*/:<>?\\|%]/g;
const MAX_NAME_CHARACTERS = 120;

/**
 * `Content-Disposition` of a download (RFC 6266): the last segment of a name, without what deceives or is dangerous,
 * once in ASCII and once as RFC 8187 has it. Nothing in it can end the header.
 */
export function attachment(name: string): string {
  const last = name.split('/').at(-1) ?? '';
  const safe = last
    .replace(DECEPTIVE, '_')
    .replace(/\s/g, ' ')
    .replace(UNSAFE, '_')
    .toWellFormed()
    .slice(0, MAX_NAME_CHARACTERS)
    .replace(/[\ud800-\udbff]$/, '')
    // A name of nothing but dots is a folder, and one that begins with a dot is hidden.
    .replace(/^[. ]+|[. ]+$/g, '');
  const file = safe === '' ? 'file' : safe;
  const ascii = file.replace(/[^ -~]/g, '_');
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded(file)}`;
}

/** RFC 8187 leaves fewer characters as they are than addresses do. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
