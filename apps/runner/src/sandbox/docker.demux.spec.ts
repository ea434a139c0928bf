import { StdoutOfContainer } from './docker.demux';

const frame = (stream: number, body: string) => {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(body), 4);
  return Buffer.concat([header, Buffer.from(body)]);
};

const SENT = Buffer.concat([
  frame(1, 'one'),
  frame(2, 'oops'),
  frame(1, ''),
  frame(1, 'two\0'),
  frame(1, 'x'.repeat(300)),
]);

async function received(pieces: Buffer[]): Promise<{ stdout: string; other: string }> {
  let other = '';
  const stream = new StdoutOfContainer((text) => (other += text));
  for (const piece of pieces) stream.write(piece);
  stream.end();
  const stdout = Buffer.concat((await stream.toArray()) as Buffer[]).toString();
  return { stdout, other };
}

it.each([1, 2, 7, 8, 9, 64, SENT.length])('takes a stream apart that comes in pieces of %i', async (size) => {
  const pieces = Array.from({ length: Math.ceil(SENT.length / size) }, (_, index) =>
    SENT.subarray(index * size, (index + 1) * size),
  );
  expect(await received(pieces)).toEqual({ stdout: `onetwo\0${'x'.repeat(300)}`, other: 'oops' });
});

it('hands on the part of a frame that is there', async () => {
  const stream = new StdoutOfContainer(() => undefined);
  stream.write(frame(1, 'beginning and end').subarray(0, 8 + 'beginning'.length));
  const [first] = (await stream.take(1).toArray()) as Buffer[];
  expect(first?.toString()).toBe('beginning');
});
