import {
  cpuByPart,
  messagesByPart,
  profileTable,
  sumOfUse,
  useAboveRest,
  useBetween,
  type Use,
} from './profile.mjs';

const process = (pid: number, parent: number, command: string, ownMs: number, waitedMs = 0) => ({
  pid,
  parent,
  command: `${command.split(' ').join('\0')}\0`,
  ownMs,
  waitedMs,
});

const MACHINE = [
  process(1, 0, 'init', 5000, 5000),
  process(10, 1, 'node /clone/tools/start.mjs', 100, 7),
  process(11, 10, 'node /clone/dist/apps/gateway/main.js', 20),
  process(12, 10, 'node /clone/dist/apps/runner/main.js', 30),
  process(13, 12, '/clone/dist/launcher /run/socket', 4, 600),
  process(14, 13, '/usr/bin/launcher --of-a-program', 50, 8),
  process(15, 14, 'node /clone/dist/apps/gateway/main.js', 70),
  process(16, 12, 'docker ps', 3),
  process(17, 10, '/usr/sbin/nats-server --config nats.conf', 9),
  process(18, 10, '/run/view/programs/bin/postgres -D /data', 11, 13),
  process(19, 18, 'postgres: result result 127.0.0.1(5) idle', 17),
  // Another copy of it.
  process(20, 1, 'node /clone/tools/start.mjs', 1000),
  process(21, 20, 'node /clone/dist/apps/gateway/main.js', 1000),
];

describe('CPU time by part', () => {
  it('counts what a part started and what of it has ended, and no other copy', () => {
    expect(cpuByPart(MACHINE, 10)).toEqual({
      gateway: 20,
      submission: 0,
      result: 0,
      url: 0,
      runner: 33,
      launcher: 4,
      // Whatever a program calls itself, below the launcher it is a sandbox's.
      sandboxes: 600 + 50 + 8 + 70,
      'nats-server': 9,
      postgres: 11 + 13 + 17,
      'npm start': 107,
    });
  });

  it('knows a runner that its launcher has started, and no sandbox that looks like one', () => {
    const runner = 'node /clone/dist/apps/runner/main.js';
    const started = [
      process(10, 1, 'node /clone/tools/start.mjs', 100),
      process(11, 10, `/clone/dist/launcher /run/socket /run/devices 9 1 2 ${runner}`, 4, 600),
      process(12, 11, runner, 30),
      process(13, 11, '/box/supervisor join=3', 1),
      process(14, 13, runner, 50),
    ];
    expect(cpuByPart(started, 10)).toMatchObject({ runner: 30, launcher: 4, sandboxes: 600 + 1 + 50 });
  });

  it('is nothing of a copy that has ended', () => {
    expect(Object.values(cpuByPart(MACHINE, 99)).every((ms) => ms === 0)).toBe(true);
  });
});

describe('messages by part', () => {
  it('are those of all connections of a service, and in all those of the server', () => {
    const connections = [
      { name: 'gateway', in_msgs: 3, out_msgs: 4 },
      { name: 'runner', in_msgs: 5, out_msgs: 6 },
      { name: 'runner', in_msgs: 50, out_msgs: 60 },
      { in_msgs: 7, out_msgs: 8 },
    ];
    expect(messagesByPart({ in_msgs: 100, out_msgs: 200 }, { connections })).toMatchObject({
      gateway: { sent: 3, received: 4 },
      runner: { sent: 55, received: 66 },
      url: { sent: 0, received: 0 },
      'nats-server': { sent: 100, received: 200 },
    });
  });
});

const use = (times: number): Use => ({
  seconds: 2 * times,
  cpuMs: { gateway: times, 'npm start': 2 * times },
  machineMs: 10 * times,
  benchMs: 3 * times,
  messages: { gateway: { sent: 4 * times, received: 5 * times } },
  database: { writes: 6 * times, walBytes: 700 * times },
});

describe('what was used', () => {
  it('is the difference of two readings, and adds up over turns', () => {
    expect(useBetween(use(3), use(10))).toEqual(use(7));
    expect(sumOfUse(use(3), use(10))).toEqual(use(13));
  });

  it('is counted above what is used at rest in as much time', () => {
    const idle = { ...use(1), seconds: 1 };
    // Six seconds, in which it would have used six times as much.
    expect(useAboveRest({ ...use(20), seconds: 6 }, idle)).toEqual({ ...use(14), seconds: 0 });
  });

  it('is not known when one of the readings is not', () => {
    const silent = { ...use(1), messages: undefined, database: undefined };
    expect(useBetween(silent, use(2))).toEqual(silent);
    expect(useBetween(use(1), { ...use(2), messages: undefined, database: undefined })).toEqual(silent);
  });
});

describe('the table of a profile', () => {
  const lines = profileTable('python, 8: a run', [
    { name: 'ours', count: 4, use: use(4), programMs: 2 },
    { name: 'before', count: 8, use: { ...use(4), messages: undefined, database: undefined } },
  ]);
  const cellsOf = (label: string) =>
    lines
      .find((line) => line.startsWith(`| ${label} |`))
      ?.split('|')
      .slice(2, -1)
      .map((cell) => cell.trim());

  it('has what each instance used for one run, and nothing where nothing is known', () => {
    expect(cellsOf('gateway')).toEqual(['1.00', '4.00', '5.00', '0.50', '', '']);
    expect(cellsOf('… of which the programs')).toEqual(['0.50', '', '', '', '', '']);
    expect(cellsOf('the copy in all')).toEqual(['3.00', '', '', '1.50', '', '']);
    expect(cellsOf('the bench')).toEqual(['3.00', '', '', '1.50', '', '']);
    expect(cellsOf('the rest of the machine')).toEqual(['4.00', '', '', '2.00', '', '']);
    expect(lines).toContain('ours: of 4; Postgres: 6.00 transactions that wrote, 700 bytes of WAL');
    expect(lines).toContain('before: of 8');
  });

  it('has as many cells in each line', () => {
    const widths = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').length);
    expect(new Set(widths).size).toBe(1);
  });
});
