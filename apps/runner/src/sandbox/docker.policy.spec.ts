import { COMPILE_LIMITS, DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { changeableLimits, containerOptions, fileSystems, startingLimits } from './docker.policy';
import { inodesFor } from './supervisor.protocol';

const MIB = 1024 * 1024;
const spec = {
  image: 'runbin/language-python',
  limits: DEFAULT_LIMITS,
  runtime: undefined,
  cgroupVersion: 2,
  mark: 'runbin-1-2',
} as const;

describe('the writable file systems', () => {
  const numberIn = (options: string, name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(options)?.[1]);
  const sum = (files_bytes: number, name: string) =>
    Object.values(fileSystems(files_bytes)).reduce((total, options) => total + numberIn(options, name), 0);

  it.each([64 * 1024, MIB, 1_234_567, DEFAULT_LIMITS.files_bytes, COMPILE_LIMITS.files_bytes])(
    'are together never larger than the %i bytes allowed, and waste little',
    (files_bytes) => {
      expect(sum(files_bytes, 'size')).toBeLessThanOrEqual(files_bytes);
      expect(sum(files_bytes, 'size')).toBeGreaterThan(files_bytes - 3 * 4096);
      expect(sum(files_bytes, 'nr_inodes')).toBeLessThanOrEqual(inodesFor(files_bytes));
    },
  );

  it('are the three places, each bounded', () => {
    const places = fileSystems(DEFAULT_LIMITS.files_bytes);
    expect(Object.keys(places)).toEqual(['/box', '/tmp', '/dev/shm']);
    for (const options of Object.values(places)) expect(options).toMatch(/size=\d+,nr_inodes=\d+/);
  });
});

describe('memory', () => {
  it('is without swap', () => {
    const { Memory, MemorySwap } = changeableLimits(DEFAULT_LIMITS);
    expect(MemorySwap).toBe(Memory);
    expect(Memory).toBeGreaterThan(DEFAULT_LIMITS.memory_bytes);
  });

  it('that is too little for the start of a container is set later', () => {
    const limits = { ...DEFAULT_LIMITS, memory_bytes: 8 * MIB };
    expect(startingLimits(limits).Memory).toBeGreaterThan(changeableLimits(limits).Memory);
    expect(startingLimits(DEFAULT_LIMITS)).toEqual(changeableLimits(DEFAULT_LIMITS));
  });
});

it('the runtime is named only where one was chosen', () => {
  expect(containerOptions(spec).HostConfig).not.toHaveProperty('Runtime');
  expect(containerOptions({ ...spec, runtime: 'runsc' }).HostConfig?.Runtime).toBe('runsc');
});

it('a container gets nothing that it was not meant to have', () => {
  expect(containerOptions(spec)).toMatchObject({
    User: '0:0',
    NetworkDisabled: true,
    StdinOnce: true,
    HostConfig: {
      ...{ NetworkMode: 'none', ReadonlyRootfs: true, IpcMode: 'private' },
      ...{ CapDrop: ['ALL'], CapAdd: ['SETGID', 'SETPCAP', 'SETUID'] },
    },
  });
  const { HostConfig } = containerOptions(spec);
  for (const key of ['Binds', 'Mounts', 'Devices', 'Privileged', 'PortBindings', 'VolumesFrom']) {
    expect(HostConfig).not.toHaveProperty(key);
  }
});
