import { devicesIn, strayObjects } from './host.mjs';

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

describe('objects of System V that nobody has any use for', () => {
  const GONE = 2 ** 22 + 1; // above every pid
  const shm = (cpid: number, cuid: number) =>
    `0 1 600 56 ${cpid} ${cpid} 0 ${cuid} ${cuid} ${cuid} ${cuid} 0 0 0 0 0`;
  const lists = (rows: Partial<Record<string, string>>) => (kind: string) =>
    ({
      shm: `key shmid perms size cpid lpid nattch uid gid cuid cgid atime dtime ctime rss swap\n${rows.shm ?? ''}`,
      msg: `key msqid perms cbytes qnum lspid lrpid uid gid cuid cgid stime rtime ctime\n${rows.msg ?? ''}`,
      sem: `key semid perms nsems uid gid cuid cgid otime ctime\n${rows.sem ?? ''}`,
    })[kind] ?? '';
  it.each([
    ['none', {}, 0],
    ['memory whose maker is gone', { shm: shm(GONE, 64_001) }, 1],
    ['memory whose maker lives', { shm: shm(process.pid, 64_001) }, 0],
    ['memory of a database that was killed', { shm: shm(GONE, 63_999) }, 0],
    ['a queue', { msg: '0 1 600 0 0 0 0 64001 64001 64001 64001 0 0 0' }, 1],
    ['semaphores', { sem: '0 1 600 1 64001 64001 64001 64001 0 0' }, 1],
    ['semaphores of a service', { sem: '0 1 600 1 63999 63999 63999 63999 0 0' }, 0],
  ])('%s', (_, rows, count) => {
    expect(strayObjects(lists(rows), [63_999])).toBe(count);
  });
});
