import { type Operation, OPERATIONS } from '@runbin/contracts/operations';

const ROUTES = Object.values<Operation>(OPERATIONS).map(({ method, path }) => ({
  methods: method === 'GET' ? ['GET', 'HEAD'] : [method],
  pattern: new RegExp(
    `^${path
      .replaceAll('.', '\\.')
      .replace('{file}', '.+')
      .replaceAll(/\{\w+\}/g, '[^/]+')}$`,
  ),
}));

/** The methods that an address takes; none when there is nothing there. */
export function methodsAt(url: string): string[] {
  const [path = ''] = url.split('?', 1);
  return [...new Set(ROUTES.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
}
