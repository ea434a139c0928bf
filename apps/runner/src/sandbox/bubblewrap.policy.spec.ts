import { rootSteps, sharedDirectories, uncounted } from './bubblewrap.policy';

it('a /proc/stat without counts keeps its lines, and when the machine was started', () => {
  const stat =
    'cpu  1 23 0\ncpu0 1 23 0\nintr 99 0 7\nctxt 500\nbtime 1795978800\nprocesses 12\nsoftirq 9 8\n';
  expect(uncounted(stat)).toBe(
    'cpu  0 0 0\ncpu0 0 0 0\nintr 0 0 0\nctxt 0\nbtime 1795978800\nprocesses 0\nsoftirq 0 0\n',
  );
});

it.each([
  [['/', '/proc', '/usr'], []],
  [['/', '/usr/local'], ['/usr']],
  [['/', '/usr2/x'], []],
])('of what is mounted at %j no overlay can be made of %j', (mountPoints, directories) => {
  expect(sharedDirectories(mountPoints)).toEqual(directories);
});

describe('the root of a sandbox', () => {
  const steps = rootSteps([]);

  it('shows /usr by inodes of its own', () => {
    expect(steps).toContain('c/usr');
  });

  it.each([
    '/proc/cmdline',
    '/proc/diskstats',
    '/proc/interrupts',
    '/proc/vmstat',
    '/proc/locks',
    '/proc/fs/',
  ])('does not show %s', (path) => expect(steps).toContain(`h${path}`));

  it.each(['cpuinfo', 'meminfo', 'loadavg', 'uptime', 'version', 'self', 'net', 'sys'])(
    'shows /proc/%s',
    (name) => {
      expect(steps.filter((step) => step.slice(1).replace(/\/$/, '') === `/proc/${name}`)).toEqual([]);
    },
  );
});
