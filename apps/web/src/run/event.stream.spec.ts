import { serverSentEvents } from './event.stream';

/** The events of a stream that comes in these pieces. */
async function eventsIn(...pieces: string[]) {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      controller.close();
    },
  });
  const events = [];
  for await (const event of serverSentEvents(body)) events.push(event);
  return events;
}

it('reads events', async () => {
  expect(await eventsIn('retry: 1000\n\nid: 1.2\nevent: output\ndata: {"a":1}\n\n:\n\ndata: x\n\n')).toEqual([
    { type: 'output', data: '{"a":1}' },
    { type: 'message', data: 'x' },
  ]);
});

it('reads them however they were cut', async () => {
  const text = 'event: a\r\ndata: one\r\ndata:  two \r\n\r\ndata\n\nevent: b\ndata: é🎉\n\n';
  const bytes = [...new TextEncoder().encode(text)];
  for (const size of [1, 2, 3, 7, 1000]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size)
          controller.enqueue(Uint8Array.from(bytes.slice(at, at + size)));
        controller.close();
      },
    });
    const events = [];
    for await (const event of serverSentEvents(body)) events.push(event);
    expect(events).toEqual([
      { type: 'a', data: 'one\n two ' },
      { type: 'message', data: '' },
      { type: 'b', data: 'é🎉' },
    ]);
  }
});

it('leaves out what has no end', async () => {
  expect(await eventsIn('data: whole\n\ndata: cut')).toEqual([{ type: 'message', data: 'whole' }]);
});

it('tells of every sign of life', async () => {
  let signs = 0;
  const body = new Response(':\n\n').body;
  if (!body) throw new Error('no body');
  for await (const event of serverSentEvents(body, () => signs++)) expect(event).toBeUndefined();
  expect(signs).toBe(1);
});

it('lets go of a stream that is left', async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
    cancel: () => {
      isCancelled = true;
    },
  });
  for await (const event of serverSentEvents(body)) if (event.data === 'x') break;
  expect(isCancelled).toBe(true);
});
