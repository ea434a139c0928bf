import { Replay, type ReplayClock } from './replay';

/** Time that passes when it is told to. */
class Clock implements ReplayClock {
  private time = 0;
  private timers = new Map<number, { at: number; callback: () => void }>();
  private last = 0;

  now = () => this.time;
  setTimeout = (callback: () => void, ms: number) => {
    this.timers.set(++this.last, { at: this.time + ms, callback });
    return this.last;
  };
  clearTimeout = (timer: unknown) => this.timers.delete(timer as number);

  get waiting(): number {
    return this.timers.size;
  }

  pass(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const [next] = [...this.timers].sort(([, a], [, b]) => a.at - b.at);
      if (!next || next[1].at > until) break;
      this.timers.delete(next[0]);
      this.time = Math.max(this.time, next[1].at);
      next[1].callback();
    }
    this.time = until;
  }
}

function replayOf(times: number[], durationMs?: number) {
  const clock = new Clock();
  const shown: number[] = [];
  const target = {
    clear: () => (shown.length = 0),
    show: ({ at_ms }: { at_ms: number }) => shown.push(at_ms),
  };
  const pieces = times.map((at_ms) => ({ at_ms }));
  return { clock, shown, replay: new Replay(pieces, target, durationMs, clock) };
}

it('shows each piece at its time', () => {
  const { clock, shown, replay } = replayOf([0, 100, 100, 1000], 1500);
  replay.play();
  expect(shown).toEqual([0]);
  clock.pass(99);
  expect(shown).toEqual([0]);
  clock.pass(1);
  expect(shown).toEqual([0, 100, 100]);
  clock.pass(900);
  expect(shown).toHaveLength(4);
  expect([replay.isPlaying, replay.hasEnded]).toEqual([true, false]);
  clock.pass(500);
  expect([replay.isPlaying, replay.hasEnded, replay.positionMs, clock.waiting]).toEqual([
    false,
    true,
    1500,
    0,
  ]);
});

it('goes faster and slower, also in the middle', () => {
  const { clock, shown, replay } = replayOf([100, 200, 1200]);
  replay.speed = 2;
  replay.play();
  clock.pass(50);
  expect(shown).toEqual([100]);
  replay.speed = 0.5;
  clock.pass(199);
  expect(shown).toEqual([100]);
  clock.pass(1);
  expect(shown).toEqual([100, 200]);
  replay.speed = 10;
  clock.pass(100);
  expect(shown).toEqual([100, 200, 1200]);
});

it('stands still when it is told to, and goes on from there', () => {
  const { clock, shown, replay } = replayOf([100, 200]);
  replay.play();
  clock.pass(150);
  replay.pause();
  clock.pass(10_000);
  expect([shown, replay.positionMs, clock.waiting]).toEqual([[100], 150, 0]);
  replay.play();
  clock.pass(50);
  expect(shown).toEqual([100, 200]);
});

it('goes to any time', () => {
  const { clock, shown, replay } = replayOf([100, 200, 300]);
  replay.seek(250);
  expect(shown).toEqual([100, 200]);
  replay.seek(150);
  expect(shown).toEqual([100]);
  replay.play();
  replay.seek(290);
  clock.pass(10);
  expect(shown).toEqual([100, 200, 300]);
  replay.seek(99_999);
  expect(replay.positionMs).toBe(300);
});

it('starts over from the end', () => {
  const { clock, shown, replay } = replayOf([0, 50]);
  replay.play();
  clock.pass(50);
  replay.play();
  expect([shown, replay.positionMs]).toEqual([[0], 0]);
  replay.dispose();
  clock.pass(100);
  expect([shown, clock.waiting]).toEqual([[0], 0]);
});

it('plays a run that wrote nothing', () => {
  const { clock, replay } = replayOf([], 80);
  replay.play();
  clock.pass(80);
  expect(replay.hasEnded).toBe(true);
});
