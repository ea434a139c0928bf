import Ajv from 'ajv';
import { readFileSync } from 'node:fs';
import { OPERATIONS } from '@runbin/contracts/operations';
import type { FollowEvent } from '@runbin/contracts/follow.events';
import type { ClientMessage, ServerMessage } from '@runbin/contracts/run.socket';
import { asyncApiDocument } from './asyncapi.document';

// Each of these is wrong, for the compiler, as soon as the contracts have another kind of message.
const CLIENT = {
  ...{ run: 0, attach: 0, stdin: 0, eof: 0 },
  ...{ signal: 0, resize: 0, cancel: 0 },
} satisfies Record<ClientMessage['type'], 0>;
const EVENTS = { status: 0, output: 0, finished: 0 } satisfies Record<FollowEvent['type'], 0>;
const SERVER = { ...EVENTS, accepted: 0, input_refused: 0, problem: 0 } satisfies Record<
  ServerMessage['type'],
  0
>;

const document = asyncApiDocument();
const ajv = new Ajv({ strict: false, validateFormats: false });

it('is what AsyncAPI 3.0 wants', () => {
  const schema = JSON.parse(
    readFileSync(require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8'),
  ) as object;
  const validate = ajv.compile(schema);
  const sent = JSON.parse(JSON.stringify(document)) as typeof document;
  expect([validate(sent), validate.errors]).toEqual([true, null]);
  const { hearClient } = sent.operations;
  expect(validate({ ...sent, operations: { hearClient: { ...hearClient, action: 'publish' } } })).toBe(false);
});

it('refers only to what it holds, and uses all of it', () => {
  const text = JSON.stringify(document);
  const refs = new Set([...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, ref]) => ref ?? ''));
  const found = (ref: string) =>
    ref.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document);
  expect([...refs].filter((ref) => found(ref) === undefined)).toEqual([]);
  const held = (['messages', 'schemas'] as const).flatMap((kind) =>
    Object.keys(document.components[kind]).map((name) => `components/${kind}/${name}`),
  );
  expect(held.filter((name) => !refs.has(name))).toEqual([]);
});

it('has every kind of message, on the channel and in the direction that it goes', () => {
  const typesOf = (operation: string) =>
    (document.operations[operation]?.messages as { $ref: string }[]).map(({ $ref }) =>
      $ref.split('/').at(-1),
    );
  expect(typesOf('hearClient').sort()).toEqual([...Object.keys(CLIENT), 'bytes'].sort());
  expect(typesOf('tellClient').sort()).toEqual(Object.keys(SERVER).sort());
  expect(typesOf('followRun').sort()).toEqual(Object.keys(EVENTS).sort());
  expect(typesOf('followSharedRun').sort()).toEqual(['output', 'shared_finished', 'shared_status']);
  expect(document.channels.sharedRunEvents.address).toBe(OPERATIONS.followSharedRun.path);
  expect(document.channels.runSocket.address).toBe(OPERATIONS.openRunSocket.path);
  expect(document.channels.runEvents.address).toBe(OPERATIONS.followRun.path);
  for (const message of Object.values(document.components.messages))
    expect(message.summary).toEqual(expect.any(String));
});

it.each<[keyof typeof CLIENT | keyof typeof SERVER, unknown, unknown]>([
  [
    'run',
    { type: 'run', submission: { language: 'python', code: '' }, terminal: { columns: 80, rows: 24 } },
    { type: 'run', submission: { language: 'python' }, terminal: { columns: 0, rows: 24 } },
  ],
  ['attach', { type: 'attach', submission_id: '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e' }, { type: 'attach' }],
  ['stdin', { type: 'stdin', data: 'x' }, { type: 'stdin', data: 'x', encoding: 'utf-16' }],
  ['eof', { type: 'eof' }, { type: 'eof', now: true }],
  ['signal', { type: 'signal', signal: 'INT' }, { type: 'signal', signal: 'STOP' }],
  ['resize', { type: 'resize', columns: 1, rows: 1 }, { type: 'resize', columns: 1 }],
  ['cancel', { type: 'cancel' }, { type: 'eof' }],
  [
    'output',
    {
      ...{ type: 'output', position: '1.1', attempt: 1, seq: 0 },
      ...{ at_ms: 1, stream: 'stdout', data: '', encoding: 'utf-8' },
    },
    { type: 'output', position: '1.1' },
  ],
  ['input_refused', { type: 'input_refused', reason: 'queue_full' }, { type: 'input_refused', reason: 'no' }],
])('describes %s as it is', (type, right, wrong) => {
  const { payload } = document.components.messages[type] ?? {};
  const validate = ajv.compile({ ...(payload as object), components: document.components });
  expect([validate(right), validate(wrong)]).toEqual([true, false]);
});
