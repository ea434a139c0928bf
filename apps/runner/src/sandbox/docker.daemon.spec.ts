import { type DaemonInfo, type DaemonVersion, unusable, weakerWalls } from './docker.daemon';

const info: DaemonInfo = {
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CgroupVersion: '2',
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
  Runtimes: { runc: {}, runsc: {} },
  DefaultRuntime: 'runc',
};
const version = (engine: string, runc: string): DaemonVersion => ({
  Version: engine,
  Components: [
    { Name: 'Engine', Version: engine },
    { Name: 'runc', Version: runc },
  ],
});
const current = version('29.5.1', '1.3.3');

it('a current daemon has no weaker wall', () => {
  expect(weakerWalls(current, info, undefined)).toEqual([]);
});

it.each([
  ['20.10.24+dfsg1', '1.3.3', ['Docker Engine 20.10.24 is older than 29.5.1']],
  ['29.5.0', '1.3.3', ['Docker Engine 29.5.0 is older than 29.5.1']],
  ['30.0.0', '1.4.0', []],
  ['29.5.1', '1.2.8', []],
  ['29.5.1', '1.1.5+ds1', ['runc 1.1.5 is older than 1.2.8 or 1.3.3']],
  ['29.5.1', '1.2.7', ['runc 1.2.7 is older than 1.2.8 or 1.3.3']],
  ['29.5.1', '1.3.2', ['runc 1.3.2 is older than 1.2.8 or 1.3.3']],
])('engine %s with runc %s: %j', (engine, runc, weaker) => {
  expect(weakerWalls(version(engine, runc), info, undefined)).toEqual(weaker);
});

it('the version of a runtime that is not used does not matter', () => {
  expect(weakerWalls(version('29.5.1', '1.1.5'), info, 'runsc')).toEqual([]);
});

it('says when sockets are not counted', () => {
  expect(weakerWalls(current, { ...info, CgroupVersion: '1' }, undefined)).toEqual([
    expect.stringContaining('cgroup v1'),
  ]);
});

it('says when swap is not counted and when users are not remapped', () => {
  const weaker = weakerWalls(current, { ...info, SwapLimit: false, SecurityOptions: [] }, undefined);
  expect(weaker).toEqual([expect.stringContaining('swap'), expect.stringContaining('userns-remap')]);
});

it.each([
  ['an unknown runtime', {}, 'kata', 'knows no runtime kata, but runc, runsc'],
  ['no memory limit', { MemoryLimit: false }, undefined, 'can not limit memory of'],
  ['no limit at all', { MemoryLimit: false, PidsLimit: false }, undefined, 'memory and processes'],
])('refuses a daemon with %s', (_, part, runtime, words) => {
  expect(unusable({ ...info, ...part }, runtime)).toContain(words);
});

it('takes a daemon that offers the runtime', () => {
  expect(unusable(info, 'runsc')).toBeUndefined();
});
