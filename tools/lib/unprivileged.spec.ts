import { viewSteps } from './unprivileged.mjs';

const closed =
  (...directories: string[]) =>
  (directory: string) =>
    !directories.includes(directory);

it.each([
  ['what can be reached anyhow', ['/srv/runbin', '/usr/bin/node'], closed(), []],
  [
    'a clone in a home that others cannot enter',
    ['/root/runbin', '/usr/bin/node'],
    closed('/root'),
    [
      ['keep', '/root/runbin'],
      ['cover', '/root'],
      ['show', '/root/runbin'],
    ],
  ],
  [
    'a part of the data directory of such a clone',
    ['/root/runbin/.data/nats', '/root/runbin'],
    closed('/root', '/root/runbin/.data'),
    [
      ['keep', '/root/runbin'],
      ['keep', '/root/runbin/.data/nats'],
      ['cover', '/root'],
      ['show', '/root/runbin'],
      ['cover', '/root/runbin/.data'],
      ['show', '/root/runbin/.data/nats'],
    ],
  ],
  [
    'closed directories below one that is covered already',
    ['/root/a/b', '/root/c/d', '/root-of-others'],
    closed('/root', '/root/a', '/root/c'),
    [
      ['keep', '/root/a/b'],
      ['keep', '/root/c/d'],
      ['cover', '/root'],
      ['show', '/root/a/b'],
      ['show', '/root/c/d'],
    ],
  ],
])('a view leaves out and shows: %s', (_what, paths, isOpen, steps) => {
  expect(viewSteps(paths, isOpen)).toEqual(steps);
});
