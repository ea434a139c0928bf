import { DEFAULT_LIMITS, type Limits } from '@runbin/contracts/limits';
import type {
  Launch,
  ParkingPlace,
  Sandbox,
  SandboxEngine,
  SandboxProfile,
  Stage,
  StageFacts,
} from './sandbox';
import { type PoolOptions, SandboxPool, type Shape } from './sandbox.pool';

const MIB = 1024 * 1024;
const profile: SandboxProfile = { language: 'python', mounts: [] };
const launch: Launch = { argv: ['python3', 'main.py'], env: {} };
const place: ParkingPlace = { file: 'main.py' };
const shape: Shape = { profile, launch, place, limits: DEFAULT_LIMITS };
const never = new AbortController().signal;

const stageOf = (overrides: Partial<Stage> = {}): Stage => ({
  ...launch,
  files: [],
  stdin: Buffer.alloc(0),
  limits: DEFAULT_LIMITS,
  ...overrides,
});

/** Lets everything that is only waiting for the next turn happen. */
const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

class RecordedSandbox implements Sandbox {
  isAlive = true;
  isFrozen = false;
  parkedWith: Launch | undefined;
  ran = 0;
  disposed = 0;
  private end: () => void = () => undefined;
  private readonly gone = new Promise<void>((resolve) => (this.end = resolve));

  constructor(private readonly engine: RecordingEngine) {}

  prepared(): Promise<void> {
    return Promise.resolve();
  }

  answers(): Promise<boolean> {
    return Promise.resolve(!this.isFrozen);
  }

  memoryBytes(): number {
    return this.engine.bytesEach;
  }

  async park(launch: Launch): Promise<void> {
    this.parkedWith = launch;
    if (this.engine.failures > 0) {
      this.engine.failures--;
      this.isAlive = false;
      throw new Error('the interpreter ended');
    }
    await Promise.race([this.engine.parkingIsHeld, this.gone]);
    if (this.disposed > 0) throw new Error('taken down');
  }

  async run(): Promise<StageFacts> {
    this.ran++;
    await this.engine.running;
    return { wallTimeMs: this.parkedWith ? 1 : 2 } as StageFacts;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed++;
    this.end();
    return Promise.resolve();
  }
}

class RecordingEngine implements SandboxEngine {
  readonly name = 'recording';
  readonly degraded = [];
  readonly made: RecordedSandbox[] = [];
  bytesEach = MIB;
  failures = 0;
  running: Promise<void> = Promise.resolve();
  parkingIsHeld: Promise<void> = Promise.resolve();

  start = () => Promise.resolve();
  stop = () => Promise.resolve();
  keyOf = ({ mounts }: SandboxProfile) => mounts.join();
  toolchain = () => '';

  take(_profile: SandboxProfile, _limits: Limits): Promise<Sandbox> {
    const sandbox = new RecordedSandbox(this);
    this.made.push(sandbox);
    return Promise.resolve(sandbox);
  }
}

describe('SandboxPool', () => {
  let engine: RecordingEngine;
  let pool: SandboxPool;

  async function started(options: Partial<PoolOptions> = {}, shapes: Shape[] = [shape]): Promise<void> {
    pool = new SandboxPool(engine, {
      maxPerShape: 4,
      minPerShape: 2,
      memoryBytes: 1024 * MIB,
      parallel: 2,
      ...options,
    });
    pool.start(shapes);
    await settle();
  }

  const run = (stage = stageOf(), at: ParkingPlace | null = place) =>
    pool.run(profile, stage, at ?? undefined, never);
  const usedOf = () => engine.made.filter(({ ran }) => ran > 0);

  beforeEach(() => (engine = new RecordingEngine()));
  afterEach(() => pool.stop());

  it('keeps the minimum ready, and hands out what is parked', async () => {
    await started();
    expect(pool.state).toEqual({ parked: { python: 2 }, empty: 0, memoryBytes: 2 * MIB });
    await run();
    expect(usedOf()).toHaveLength(1);
    expect(usedOf()[0]?.parkedWith).toEqual(launch);
  });

  it('no sandbox runs twice, and each is taken down', async () => {
    await started();
    for (let i = 0; i < 10; i++) await run();
    expect(usedOf()).toHaveLength(10);
    expect(usedOf().every(({ ran, disposed }) => ran === 1 && disposed === 1)).toBe(true);
  });

  it('a burst beyond what waits takes the cold way', async () => {
    await started();
    await Promise.all(Array.from({ length: 12 }, () => run()));
    expect(usedOf()).toHaveLength(12);
    expect(usedOf().filter(({ parkedWith }) => !parkedWith).length).toBeGreaterThan(0);
  });

  it.each([
    ['other arguments', stageOf({ argv: ['python3', 'main.py', 'x'] }), place],
    ['another environment', stageOf({ env: { A: 'b' } }), place],
    ['a program that can not be parked', stageOf(), null],
    ['less memory', stageOf({ limits: { ...DEFAULT_LIMITS, memory_bytes: 16 * MIB } }), place],
  ])('a stage with %s takes the cold way', async (_, stage, at) => {
    await started();
    await run(stage, at);
    expect(usedOf()[0]?.parkedWith).toBeUndefined();
  });

  it('a stage without a place gets an empty sandbox that is ready', async () => {
    await started({}, [{ ...shape, place: undefined }]);
    expect(engine.made).toHaveLength(2);
    await run(stageOf({ argv: ['./anything'] }), null);
    expect(engine.made[0]?.ran).toBe(1);
  });

  it('what is still on its way to its place is handed out before a new one is made', async () => {
    engine.parkingIsHeld = new Promise(() => undefined);
    await started();
    await run();
    expect(usedOf()[0]).toBe(engine.made[0]);
    expect(usedOf()[0]?.parkedWith).toEqual(launch);
  });

  it('a dead sandbox is never handed out', async () => {
    await started();
    for (const sandbox of engine.made) sandbox.isAlive = false;
    const dead = [...engine.made];
    await run();
    expect(dead.every(({ ran, disposed }) => ran === 0 && disposed === 1)).toBe(true);
    expect(usedOf()).toHaveLength(1);
  });

  it('one that does not answer any more is replaced while it waits', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    try {
      await started();
      const [frozen, other] = engine.made;
      if (frozen) frozen.isFrozen = true;
      jest.advanceTimersByTime(5_000);
      await settle();
      expect([frozen?.disposed, other?.disposed]).toEqual([1, 0]);
      expect(engine.made).toHaveLength(3);
      expect(pool.state.parked).toEqual({ python: 2 });
    } finally {
      jest.useRealTimers();
    }
  });

  it('an interpreter that can not be parked rests, and its stages run all the same', async () => {
    engine.failures = 100;
    await started();
    const tried = engine.made.length;
    expect(tried).toBeLessThanOrEqual(2);
    await run();
    await settle();
    expect(usedOf()[0]?.parkedWith).toBeUndefined();
    expect(engine.made).toHaveLength(tried + 1);
  });

  it('stays within its memory, and gives the room to what is asked for', async () => {
    const other: Shape = {
      ...shape,
      launch: { argv: ['node', 'main.js'], env: {} },
      place: { file: 'main.js' },
    };
    engine.bytesEach = 100 * MIB;
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    try {
      await started({ memoryBytes: 250 * MIB, minPerShape: 1, maxPerShape: 8 }, [shape, other]);
      for (let i = 0; i < 50; i++) {
        await run();
        jest.advanceTimersByTime(100);
        await settle();
        expect(pool.state.memoryBytes).toBeLessThanOrEqual(250 * MIB);
      }
    } finally {
      jest.useRealTimers();
    }
    expect(usedOf().filter(({ parkedWith }) => parkedWith?.argv[0] === 'node')).toEqual([]);
  });

  describe('after a burst', () => {
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] }));
    afterEach(() => jest.useRealTimers());

    const burst = (size: number) => Promise.all(Array.from({ length: size }, () => run()));
    const pass = async (ms: number) => {
      jest.advanceTimersByTime(ms);
      for (let i = 0; i < 10; i++) await settle();
    };

    it('keeps what another like it uses up, once nothing runs', async () => {
      await started({ maxPerShape: 20, minPerShape: 1 });
      await burst(8);
      await pass(200);
      expect(pool.state.parked.python).toBeLessThan(8);
      await pass(100);
      expect(pool.state.parked.python).toBe(8);
    });

    it('makes no spares as long as something runs', async () => {
      await started({ maxPerShape: 20, minPerShape: 1 });
      await burst(8);
      let end: () => void = () => undefined;
      engine.running = new Promise((resolve) => (end = resolve));
      const long = run();
      await pass(10_000);
      expect(pool.state.parked.python).toBeLessThan(8);
      end();
      await long;
      await pass(300);
      expect(pool.state.parked.python).toBeGreaterThanOrEqual(8);
    });

    it('holds no more spares than in a quarter of the memory, and takes nothing of what others need', async () => {
      const other: Shape = { ...shape, launch: { argv: ['node', 'main.js'], env: {} } };
      engine.bytesEach = 100 * MIB;
      await started({ maxPerShape: 20, minPerShape: 1, memoryBytes: 1200 * MIB }, [shape, other]);
      await burst(8);
      await pass(300);
      // Three are a quarter, beside what each of the two shapes needs.
      expect(pool.state.parked.python).toBeGreaterThanOrEqual(5);
      expect(pool.state.parked.python).toBeLessThanOrEqual(7);
      await pass(60_000);
      expect(pool.state.parked.python).toBeLessThanOrEqual(7);
    });
  });

  it('prepares nothing when it is turned off', async () => {
    await started({ maxPerShape: 0, minPerShape: 0 });
    expect(engine.made).toEqual([]);
    await run();
    expect(usedOf()).toHaveLength(1);
  });

  it('leaves nothing behind when it stops', async () => {
    await started({ maxPerShape: 4, minPerShape: 4 });
    await run();
    await pool.stop();
    expect(engine.made.every(({ disposed }) => disposed === 1)).toBe(true);
  });
});
