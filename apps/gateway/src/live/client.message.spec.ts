import { randomBytes } from 'node:crypto';
import { InputMessageSchema } from '@runbin/contracts/live';
import { decodeBytes } from '@runbin/contracts/text';
import { clientMessage, inputsOf, stdinOf } from './client.message';

const bytesOf = (messages: ReturnType<typeof stdinOf>) =>
  Buffer.concat(
    messages.map((message) =>
      message.kind === 'stdin'
        ? decodeBytes({ content: message.data, encoding: message.encoding })
        : Buffer.alloc(0),
    ),
  );

it.each([
  ['nothing', Buffer.alloc(0), 0],
  ['a byte', Buffer.from('a'), 1],
  ['64 KiB', Buffer.alloc(65_536, 'a'), 1],
  ['a byte more', Buffer.alloc(65_537, 'a'), 2],
  ['text that is cut within a character', Buffer.from(`a${'é✓🎈'.repeat(20_000)}`), 3],
  // Its end is none of a character: that would go by itself.
  ['no text', Buffer.concat([randomBytes(200_000), Buffer.from('a')]), 4],
])('makes messages of %s that the runner takes', (_, bytes, count) => {
  const messages = stdinOf(bytes);
  expect(messages).toHaveLength(count);
  for (const message of messages) expect(InputMessageSchema.parse(message)).toEqual(message);
  expect(bytesOf(messages).equals(bytes)).toBe(true);
});

it('keeps text as text', () => {
  expect(
    stdinOf(Buffer.from('é'.repeat(50_000))).every(
      (message) => 'encoding' in message && message.encoding === 'utf-8',
    ),
  ).toBe(true);
});

it.each([
  [{ type: 'stdin', data: 'a', encoding: 'utf-8' }, [{ v: 1, kind: 'stdin', data: 'a', encoding: 'utf-8' }]],
  [
    { type: 'stdin', data: '/w==', encoding: 'base64' },
    [{ v: 1, kind: 'stdin', data: '/w==', encoding: 'base64' }],
  ],
  [{ type: 'stdin', data: '/w=', encoding: 'base64' }, undefined],
  [{ type: 'stdin', data: '\ud800', encoding: 'utf-8' }, undefined],
  [{ type: 'eof' }, [{ v: 1, kind: 'eof' }]],
  [{ type: 'signal', signal: 'INT' }, [{ v: 1, kind: 'signal', signal: 'INT' }]],
  [{ type: 'resize', columns: 80, rows: 24 }, [{ v: 1, kind: 'resize', columns: 80, rows: 24 }]],
] as const)('%j is %j to the run', (message, inputs) => {
  expect(inputsOf(message)).toEqual(inputs);
});

it.each([
  '',
  'null',
  '[]',
  '{}',
  '{"type":"stdin"}',
  '{"type":"signal","signal":"STOP"}',
  '{"type":"eof","x":1}',
  '{"type":"resize","columns":0,"rows":1}',
])('does not take %j', (text) => {
  expect(() => clientMessage(Buffer.from(text))).toThrow();
});
