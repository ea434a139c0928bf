import { devicesIn } from './host.mjs';

describe('devices of what a process watches and locks', () => {
  it.each([
    ['a watch', 'inotify wd:1 ino:3f7eb sdev:fe00000 mask:1 ignored_mask:0 fhandle-bytes:8', [0xfe00]],
    ['a lock', 'lock:\t1: FLOCK  ADVISORY  WRITE 28010 fe:00:260257 0 EOF', [0xfe00]],
    ['of a large minor number', 'inotify wd:2 ino:1 sdev:134 mask:fff ignored_mask:0', [0x100034]],
    ['nothing', 'pos:\t0\nflags:\t02100000\nmnt_id:\t27\nino:\t260257\n', []],
  ])('%s', (_, text, devices) => {
    expect(devicesIn(text)).toEqual(devices);
  });
});
