import { stagesOf, timelineText, type TimelineFacts } from './timeline';

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();
const NONE = {
  picked_at: null,
  sandbox_ready_at: null,
  compiled_at: null,
  started_at: null,
  finished_at: null,
};
const usage = (wall_time_ms: number) => ({ cpu_time_ms: 1, wall_time_ms, memory_peak_bytes: 1 });
const text = (facts: TimelineFacts) => timelineText(stagesOf(facts));
const compile = {
  exit_code: 1,
  signal: null,
  output: '',
  output_encoding: 'utf-8' as const,
  output_truncated: false,
  cpu_time_ms: 1,
  wall_time_ms: 1,
  cached: false,
};

it('tells the stages of a run', () => {
  const timeline = {
    queued_at: at(0),
    picked_at: at(3),
    sandbox_ready_at: at(4),
    compiled_at: at(254),
    started_at: at(256),
    finished_at: at(269),
  };
  const stages = stagesOf({ timeline, compile: { ...compile, exit_code: 0 }, usage: usage(12.4) });
  expect(timelineText(stages)).toBe(
    '3 ms in the queue, 1 ms sandbox, 250 ms compiling, 2 ms starting, 12 ms running',
  );
  expect(stages.map(({ fromMs }) => fromMs)).toEqual([0, 3, 4, 254, 256]);
});

it('knows of sandboxes that waited already', () => {
  const timeline = {
    ...NONE,
    queued_at: at(100),
    picked_at: at(102),
    sandbox_ready_at: at(0),
    started_at: at(102),
    finished_at: at(106),
  };
  expect(text({ timeline, compile: null, usage: usage(3.6) })).toBe(
    '2 ms in the queue, <1 ms sandbox, 4 ms running',
  );
});

it('ends with the compiler where that was the end', () => {
  const timeline = {
    ...NONE,
    queued_at: at(0),
    picked_at: at(2),
    sandbox_ready_at: at(3),
    started_at: at(2),
    finished_at: at(90),
  };
  expect(text({ timeline, compile, usage: null })).toBe('2 ms in the queue, 1 ms sandbox, 87 ms compiling');
  expect(text({ timeline: { ...timeline, compiled_at: at(90) }, compile, usage: null })).toBe(
    '2 ms in the queue, 1 ms sandbox, 87 ms compiling',
  );
});

it('tells what there is of runs of before, and of runs that go on', () => {
  expect(
    text({ timeline: { ...NONE, queued_at: at(0), started_at: at(5), finished_at: at(9) }, usage: null }),
  ).toBe('5 ms in the queue, 4 ms running');
  expect(text({ timeline: { ...NONE, queued_at: at(0) } })).toBe('');
});
