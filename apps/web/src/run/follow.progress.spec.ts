import type { FollowEvent } from '@runbin/contracts/follow.events';
import { OutputStore } from '../output/output.store';
import { FollowProgress } from './follow.progress';
import { finishedEvent, outputEvent, statusEvent } from '../../test/run.events';

function following() {
  const output = new OutputStore();
  const progress = new FollowProgress(output);
  return {
    progress,
    take: (...events: FollowEvent[]) => events.map((event) => progress.take(event).what),
    shown: () => Buffer.concat(output.bytes()).toString(),
  };
}

it('puts each piece into the store once, in its order', () => {
  const { take, shown, progress } = following();
  expect(progress.position).toBeUndefined();
  expect(take(statusEvent('queued', 0), statusEvent('running', 1))).toEqual(['status', 'status']);
  expect(take(outputEvent(0, 'a'), outputEvent(1, 'b'), outputEvent(0, 'a'), outputEvent(1, 'b'))).toEqual([
    'output',
    'output',
    'known',
    'known',
  ]);
  expect(progress.position).toBe('1.2');
  expect(take(outputEvent(2, 'c'), finishedEvent(1))).toEqual(['output', 'finished']);
  expect(shown()).toBe('abc');
});

it('takes nothing behind a gap', () => {
  const { take, shown, progress } = following();
  expect(take(outputEvent(0, 'a'), outputEvent(2, 'c'))).toEqual(['output', 'gap']);
  expect([shown(), progress.position]).toEqual(['a', '1.1']);
  expect(take(outputEvent(1, 'b'), outputEvent(2, 'c'))).toEqual(['output', 'output']);
  expect(shown()).toBe('abc');
});

it('starts over with a higher attempt, and hears no more of a lower one', () => {
  const { take, shown, progress } = following();
  take(statusEvent('running', 1), outputEvent(0, 'first'), statusEvent('running', 2));
  expect([shown(), progress.position]).toEqual(['', '2.0']);
  expect(take(outputEvent(1, 'late', 1), statusEvent('running', 1))).toEqual(['known', 'known']);
  take(outputEvent(0, 'second', 2));
  expect(shown()).toBe('second');
  take(finishedEvent(3));
  expect(shown()).toBe('');
});

it('knows where it is in a run that waits', () => {
  const { take, progress } = following();
  take(statusEvent('queued', 0));
  expect(progress.position).toBe('0.0');
});

it('takes a whole result in the place of what it had', () => {
  const { take, shown, progress } = following();
  take(outputEvent(0, 'begun '));
  const result = {
    ...finishedEvent(1).result,
    stdout: 'out',
    stdout_encoding: 'utf-8' as const,
    stderr: 'ZXJy',
    stderr_encoding: 'base64' as const,
  };
  progress.takeResult(result);
  expect(shown()).toBe('outerr');
});
