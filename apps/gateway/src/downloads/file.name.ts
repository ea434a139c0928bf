import { Problem } from '@runbin/platform/problem';

/**
 * The name of the file that an address asks for: what follows `/raw/`, decoded once and strictly. It is compared with
 * the names that a submission has, and is never a path.
 * @throws Problem `not_found` where it is no UTF-8
 */
export function fileNameIn(url: string): string {
  const [path = ''] = url.split('?', 1);
  const encoded = path.slice(path.indexOf('/raw/') + '/raw/'.length);
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Problem('not_found', 'The name of the file is not percent-encoded UTF-8.');
  }
}
