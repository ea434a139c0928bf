import { InputMessageSchema, MAX_INPUT_BYTES, type OutputMessage, OutputMessageSchema } from './live';

const ID = '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e';

describe('an output message', () => {
  const end = {
    v: 1,
    submission_id: ID,
    attempt: 2,
    seq: 5,
    final: true,
    picked_at: '2026-11-26T12:00:00.000Z',
  } satisfies OutputMessage;
  const chunk = {
    ...end,
    final: false,
    at_ms: 1.25,
    stream: 'stderr',
    data: '\0é',
    encoding: 'utf-8',
  } satisfies OutputMessage;

  it.each([end, chunk])('%j reads as it was written', (message) => {
    expect(OutputMessageSchema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  it.each([{ seq: -1 }, { attempt: 0 }, { v: 2 }, { stream: 'stdlog' }, { final: undefined }])(
    'is refused with %j',
    (change) => {
      expect(OutputMessageSchema.safeParse({ ...chunk, ...change }).success).toBe(false);
    },
  );
});

describe('an input message', () => {
  const stdin = (data: string, encoding: string) => ({ v: 1, kind: 'stdin', data, encoding });

  it.each([
    stdin('é\0\n', 'utf-8'),
    stdin('/w==', 'base64'),
    stdin('x'.repeat(MAX_INPUT_BYTES), 'utf-8'),
    { v: 1, kind: 'eof' },
    { v: 1, kind: 'signal', signal: 'INT' },
    { v: 1, kind: 'resize', columns: 80, rows: 24 },
    { v: 1, kind: 'cancel' },
  ])('is read: %j', (message) => {
    expect(InputMessageSchema.parse(message)).toEqual(message);
  });

  it.each([
    stdin('/w', 'base64'),
    stdin('x'.repeat(MAX_INPUT_BYTES + 1), 'utf-8'),
    stdin('é'.repeat(MAX_INPUT_BYTES / 2 + 1), 'utf-8'),
    { v: 1, kind: 'signal', signal: 'SEGV' },
    { v: 1, kind: 'signal', signal: 9 },
    { v: 1, kind: 'resize', columns: 0, rows: 24 },
    { v: 1, kind: 'resize', columns: 80 },
    { v: 2, kind: 'eof' },
    { v: 1, kind: 'exec' },
    null,
  ])('is refused: %j', (message) => {
    expect(InputMessageSchema.safeParse(message).success).toBe(false);
  });
});
