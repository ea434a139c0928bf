import { EventEmitter, once } from 'node:events';
import { constants } from 'node:os';
import type { Limits } from '@runbin/contracts/limits';
import { BASE_ENV } from '../src/sandbox/bubblewrap.policy';
import type {
  OutputPiece,
  RunningProgram,
  SandboxEngine,
  SandboxProfile,
  Stage,
  StageFacts,
} from '../src/sandbox/sandbox';
import { STDIN_WINDOW_BYTES } from '../src/sandbox/supervisor.protocol';
import { PATIENT_LIMITS } from './patient.limits';

const MIB = 1024 * 1024;
const SIZE = { columns: 97, rows: 31 };
const CTRL_C = Buffer.from([3]);
const { SIGINT, SIGTERM, SIGUSR1 } = constants.signals;

/** Lets nothing else happen in this process meanwhile. */
const blockFor = (milliseconds: number) =>
  // eslint-disable-next-line no-restricted-properties -- what has come must not be read: nothing here may wait for it
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

type Wanted = Partial<Omit<Stage, 'limits'>> & { limits?: Partial<Limits> };

/** A stage that goes on, with somebody who follows it. */
class Followed {
  readonly pieces: OutputPiece[] = [];
  readonly facts: Promise<StageFacts>;
  private readonly news = new EventEmitter();
  private released: RunningProgram | undefined;

  constructor(
    private readonly engine: SandboxEngine,
    private readonly profile: SandboxProfile,
    argv: string[],
    wanted: Wanted,
  ) {
    this.facts = this.run(argv, wanted);
    this.facts.catch(() => undefined);
  }

  get text(): string {
    return Buffer.concat(this.pieces.map(({ bytes }) => bytes)).toString();
  }

  /** Waits until the program has written what the pattern finds, and hands it out. */
  async says(pattern: RegExp): Promise<RunningProgram> {
    const ended = this.facts.then(() => 'ended' as const);
    while (!pattern.test(this.text)) {
      if ((await Promise.race([once(this.news, 'piece'), ended])) !== 'ended') continue;
      if (!pattern.test(this.text)) throw new Error(`it ended, having said ${JSON.stringify(this.text)}`);
    }
    if (!this.released) throw new Error('it was never released');
    return this.released;
  }

  private async run(argv: string[], { limits, ...wanted }: Wanted): Promise<StageFacts> {
    const allowed = { ...PATIENT_LIMITS, ...limits };
    await using sandbox = await this.engine.take(this.profile, allowed);
    return await sandbox.run(
      { argv, env: { ...BASE_ENV }, files: [], stdin: Buffer.alloc(0), ...wanted, limits: allowed },
      new AbortController().signal,
      {
        onOutput: (piece) => {
          this.pieces.push(piece);
          this.news.emit('piece');
        },
        onRelease: (program) => (this.released = program),
      },
    );
  }
}

/**
 * What every engine promises to whoever follows a run and talks with it.
 * @param engine started by the caller
 * @param profile with a shell and Python
 */
export function describeStreams(engine: SandboxEngine, profile: SandboxProfile): void {
  const run = (argv: string[], wanted: Wanted = {}) => new Followed(engine, profile, argv, wanted);
  const shell = (script: string, wanted?: Wanted) => run(['sh', '-c', script], wanted);
  /** With more input to come. */
  const open = (script: string, wanted?: Wanted) => shell(script, { stdinStaysOpen: true, ...wanted });
  const terminal = (script: string, wanted?: Wanted) =>
    open(script, { terminal: SIZE, env: { ...BASE_ENV, TERM: 'xterm' }, ...wanted });

  describe('output', () => {
    it('comes as it is written, in order, with the time of each piece', async () => {
      const followed = open(
        'echo one; read go; sleep 0.3; echo two >&2; read go; sleep 0.3; echo three; read go',
      );
      // Each is here before the program goes on, however long that takes.
      for (const line of [/one/, /two/, /three/]) (await followed.says(line)).write(Buffer.from('go\n'));
      const facts = await followed.facts;
      expect(followed.pieces.map(({ seq, stream, bytes }) => [seq, stream, bytes.toString()])).toEqual([
        [0, 'stdout', 'one\n'],
        [1, 'stderr', 'two\n'],
        [2, 'stdout', 'three\n'],
      ]);
      const [one = 0, two = 0, three = 0] = followed.pieces.map(({ atMs }) => atMs);
      // It slept that long, however late anybody heard of it; less what passed before the first was read.
      expect(three - one).toBeGreaterThan(300);
      expect([one, two, three]).toEqual([one, two, three].sort((a, b) => a - b));
      expect(three).toBeLessThan(facts.wallTimeMs);
    });

    it('is, put together, what the facts hold', async () => {
      const followed = shell('head -c 700000 /dev/zero; head -c 600000 /dev/zero >&2');
      const facts = await followed.facts;
      for (const stream of ['stdout', 'stderr'] as const) {
        const pieces = followed.pieces.filter((piece) => piece.stream === stream);
        expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(facts[stream])).toBe(true);
      }
      expect(followed.pieces.map(({ seq }) => seq)).toEqual(followed.pieces.map((_, index) => index));
    });

    it('the moments of the stage are in order, and agree with its wall time', async () => {
      const before = performance.now();
      const { times, wallTimeMs } = await shell('sleep 0.2').facts;
      const { readyAt = NaN, releasedAt, endedAt = NaN } = times ?? {};
      const moments = [before, readyAt, releasedAt ?? NaN, endedAt, performance.now()];
      expect(moments).toEqual([...moments].sort((a, b) => a - b));
      expect(endedAt - (releasedAt ?? NaN)).toBeCloseTo(wallTimeMs, 3);
    });

    it('what was never started has no moment of release', async () => {
      const files = [{ name: 'big', content: Buffer.alloc(2 * MIB) }];
      const { times } = await shell('true', { files, limits: { files_bytes: MIB } }).facts;
      expect(times?.releasedAt).toBeNull();
    });
  });

  describe('input', () => {
    it('can come while the program runs, and ends when it is said to', async () => {
      const followed = open('while read line; do echo "got $line"; done; echo end', {
        stdin: Buffer.from('first\n'),
      });
      const program = await followed.says(/got first/);
      expect(program.write(Buffer.from('second\n'))).toBe('taken');
      await followed.says(/got second/);
      program.end();
      const facts = await followed.facts;
      expect(facts).toMatchObject({ exitCode: 0, wallExceeded: false });
      expect(facts.stdout.toString()).toBe('got first\ngot second\nend\n');
      expect(program.write(Buffer.from('late'))).toBe('closed');
    });

    it('that never ends is ended by the wall limit', async () => {
      const facts = await open('cat', { limits: { wall_time_ms: 300 } }).facts;
      expect(facts).toMatchObject({ wallExceeded: true });
    });

    it('ends behind what came first, unless it is to stay open', async () => {
      const followed = shell('cat; sleep 0.2', { stdin: Buffer.from('all\n') });
      const program = await followed.says(/all/);
      expect(program.write(Buffer.from('more'))).toBe('closed');
      expect(await followed.facts).toMatchObject({ exitCode: 0 });
    });

    it('is refused once too much of it is unread, and what was taken arrives whole', async () => {
      const followed = open('trap "wc -c; exit" USR1; echo ready; while :; do sleep 0.01; done');
      const program = await followed.says(/ready/);
      const piece = Buffer.alloc(16 * 1024, 'x');
      let taken = 0;
      while (taken < MIB && program.write(piece) === 'taken') taken += piece.length;
      expect(taken).toBeLessThanOrEqual(STDIN_WINDOW_BYTES);
      program.end();
      program.signal(SIGUSR1);
      const facts = await followed.facts;
      expect(facts.stdout.toString()).toBe(`ready\n${taken}\n`);
    });

    it('for a program that has just ended does not take away its report', async () => {
      const followed = open('echo last; sleep 0.1');
      const program = await followed.says(/last/);
      blockFor(500); // its report has come, and is not read yet
      program.write(Buffer.from('late'));
      expect(await followed.facts).toMatchObject({ exitCode: 0 });
    });

    it('that is unread does not hold up a signal, however much of it waits', async () => {
      const followed = shell('trap "cat | wc -c; exit 3" USR1; echo ready; while :; do sleep 0.01; done', {
        stdin: Buffer.alloc(3 * MIB, 'x'),
      });
      (await followed.says(/ready/)).signal(SIGUSR1);
      const facts = await followed.facts;
      expect(facts.exitCode).toBe(3);
      expect(facts.stdout.toString().trim()).toBe(`ready\n${3 * MIB}`);
    });
  });

  describe('signals', () => {
    it('reach the whole process group of the program', async () => {
      const followed = shell(
        'sh -c "trap \\"echo child; exit\\" INT; echo up; while :; do sleep 0.01; done"; echo no',
      );
      (await followed.says(/up/)).signal(SIGINT);
      expect(await followed.facts).toMatchObject({ signal: SIGINT });
    });

    it('can be handled', async () => {
      const followed = shell('trap "echo bye; exit 9" TERM; echo up; while :; do sleep 0.01; done');
      (await followed.says(/up/)).signal(SIGTERM);
      const facts = await followed.facts;
      expect([facts.exitCode, facts.stdout.toString()]).toEqual([9, 'up\nbye\n']);
    });
  });

  describe('a terminal', () => {
    it('is one, of the size that was asked for, and echoes what is typed', async () => {
      const followed = terminal(
        'tty; stty size; read -r line; echo "<$line>"; test -t 1 && test -t 2 && echo yes',
      );
      const program = await followed.says(/31 97/);
      program.write(Buffer.from('hé\n'));
      const facts = await followed.facts;
      expect(facts.stdout.toString()).toBe('/dev/pts/0\r\n31 97\r\nhé\r\n<hé>\r\nyes\r\n');
      expect(facts.stderr).toHaveLength(0);
    });

    it('can be asked for what is not to be seen', async () => {
      const followed = terminal('python3 -c "import getpass; print(len(getpass.getpass()))"');
      (await followed.says(/Password: /)).write(Buffer.from('hidden\n'));
      expect((await followed.facts).stdout.toString()).toBe('Password: \r\n6\r\n');
    });

    it('tells the program when its size changes', async () => {
      const followed = terminal('trap "stty size; exit" WINCH; echo up; while :; do sleep 0.01; done');
      (await followed.says(/up/)).resize({ columns: 120, rows: 40 });
      await followed.says(/40 120/);
      expect(await followed.facts).toMatchObject({ exitCode: 0 });
    });

    it('Ctrl-C interrupts what is in the foreground', async () => {
      const followed = terminal('echo up; exec sleep 60');
      (await followed.says(/up/)).write(CTRL_C);
      expect(await followed.facts).toMatchObject({ signal: SIGINT, wallExceeded: false });
    });

    it('a shell with job control lives on when its job is interrupted, by key or by signal', async () => {
      const followed = run(['bash', '--norc', '-i'], {
        stdinStaysOpen: true,
        terminal: SIZE,
        env: { ...BASE_ENV, TERM: 'dumb', PS1: '> ' },
      });
      const program = await followed.says(/> $/);
      const job = (number: number) => Buffer.from(`sh -c 'echo $((${number}+1)); exec sleep 60'\n`);
      program.write(job(40));
      await followed.says(/^41\r$/m);
      program.write(CTRL_C);
      await followed.says(/41[^]*> $/);
      program.write(job(50));
      await followed.says(/^51\r$/m);
      program.signal(SIGINT);
      await followed.says(/51[^]*> $/);
      program.end();
      expect(await followed.facts).toMatchObject({ exitCode: 130, signal: null, wallExceeded: false });
    });

    it('the end of input is a key: it ends a reader, and does not close anything', async () => {
      const followed = terminal('echo up; cat; echo between; cat');
      const program = await followed.says(/up/);
      program.end();
      await followed.says(/between/);
      program.write(Buffer.from('more\n'));
      await followed.says(/more\r\nmore/);
      program.end();
      expect(await followed.facts).toMatchObject({ exitCode: 0 });
    });

    it('nobody can type into it but whoever sits at it, and nothing of it is left open', async () => {
      const followed = terminal(
        `python3 -c '
import fcntl, os, termios
try:
    fcntl.ioctl(0, termios.TIOCSTI, b"x")
    print("typed")
except OSError as error:
    print("refused")
print(sorted(os.listdir("/proc/self/fd")))'`,
      );
      await followed.facts;
      expect(followed.text).toBe("refused\r\n['0', '1', '2', '3']\r\n");
    });

    it('keeps all that was written, though the program ends at once', async () => {
      const facts = await terminal('seq 1 20000').facts;
      expect(facts.stdout.toString().split('\r\n').slice(-2)).toEqual(['20000', '']);
    });
  });
}
