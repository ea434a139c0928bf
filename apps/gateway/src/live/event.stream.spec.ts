import { eventStream } from './event.stream';
import type { Step } from './run.record';
import type { Follower } from './run.watches';

const step = (position: string, isLast = false): Step => ({
  told: {
    type: isLast ? 'finished' : 'output',
    position,
    json: `{"position":"${position}"}`,
    sharedJson: `{"shared":"${position}"}`,
  },
  place: isLast ? null : { attempt: 1, seq: 1 },
});

function follower(...answers: Awaited<ReturnType<Follower['next']>>[]) {
  const asked: unknown[] = [];
  const next: Follower['next'] = (place) => {
    asked.push(place);
    return Promise.resolve(answers.shift() ?? 'over');
  };
  return { asked, next, [Symbol.dispose]: () => undefined };
}

async function text(of: ReturnType<typeof follower>): Promise<string> {
  let all = '';
  for await (const part of eventStream(of, { after: undefined, signal: new AbortController().signal }))
    all += part;
  return all;
}

it('tells each event with its id and type on lines of their own, and ends with the last', async () => {
  const run = follower(step('1.1'), step('1.end', true), step('never'));
  expect(await text(run)).toBe(
    'retry: 1000\n\n' +
      'id: 1.1\nevent: output\ndata: {"position":"1.1"}\n\n' +
      'id: 1.end\nevent: finished\ndata: {"position":"1.end"}\n\n',
  );
  expect(run.asked).toEqual([undefined, { attempt: 1, seq: 1 }]);
});

it('shows that it is alive while there is nothing to tell', async () => {
  expect(await text(follower('nothing yet', step('1.end', true)))).toContain('\n\n:\n\nid: 1.end\n');
});

it('takes no event before it is wanted', async () => {
  const run = follower(step('1.1'), step('1.2'), step('1.3'));
  const stream = eventStream(run, { after: undefined, signal: new AbortController().signal });
  await stream.next();
  await stream.next();
  expect(run.asked).toHaveLength(1);
});
