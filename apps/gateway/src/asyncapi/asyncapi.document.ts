import { z } from 'zod';
import { FollowEventSchema, RunPositionSchema, SharedEventSchema } from '@runbin/contracts/follow.events';
import { OPERATIONS } from '@runbin/contracts/operations';
import { CompileSchema, TimelineSchema, UsageSchema } from '@runbin/contracts/result';
import {
  ClientMessageSchema,
  CLOSE,
  CLOSE_MEANINGS,
  ServerMessageSchema,
} from '@runbin/contracts/run.socket';
import { SourceFileSchema, SubmitCodeRequestSchema } from '@runbin/contracts/submission';

type Json = Record<string, unknown>;

export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: Json;
  defaultContentType: 'application/json';
  servers: Record<string, Json>;
  channels: Record<'runSocket' | 'runEvents' | 'sharedRunEvents', Json & { messages: Record<string, Json> }>;
  operations: Record<string, Json>;
  components: { messages: Record<string, Json>; schemas: Record<string, Json> };
}

const CLIENT = messagesIn(ClientMessageSchema);
const SERVER = messagesIn(ServerMessageSchema);
const EVENTS = messagesIn(FollowEventSchema);
/** What a link tells differs from those where they hold an id. */
const SHARED_EVENTS = new Map(
  [...messagesIn(SharedEventSchema)].map(([type, schema]) => [
    schema === EVENTS.get(type) ? type : `shared_${type}`,
    schema,
  ]),
);
/** A binary frame has no `type`. */
const BYTES = 'bytes';

/** What messages hold that has a name of its own; all else stands where it is used. */
const SHARED: Readonly<Record<string, z.ZodType>> = {
  RunPosition: RunPositionSchema,
  SubmitCodeRequest: SubmitCodeRequestSchema,
  SourceFile: SourceFileSchema,
  Compile: CompileSchema,
  Usage: UsageSchema,
  Timeline: TimelineSchema,
};

/** The AsyncAPI 3.0 document, from the schemas that messages and events are held to. */
export function asyncApiDocument(): AsyncApiDocument {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Runbin, live',
      version: '1',
      description:
        'Programs that can be typed into, and runs that can be followed. All else is in /openapi.json.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: { socket: serverOf('ws'), http: serverOf('http') },
    channels: { runSocket: runSocket(), runEvents: runEvents(), sharedRunEvents: sharedRunEvents() },
    operations: {
      hearClient: operation('receive', 'runSocket', [...CLIENT.keys(), BYTES]),
      tellClient: operation('send', 'runSocket', [...SERVER.keys()]),
      followRun: following('runEvents', [...EVENTS.keys()]),
      followSharedRun: following('sharedRunEvents', [...SHARED_EVENTS.keys()]),
    },
    components: { messages: messages(), schemas: schemas() },
  };
}

/** The host is that of whoever serves this document; TLS is for a proxy before it. */
const serverOf = (protocol: 'ws' | 'http'): Json => ({
  host: '{host}',
  protocol,
  description: `Where this document is; ${protocol}s behind a proxy that ends TLS`,
  variables: { host: { default: 'localhost:3000' } },
});

function runSocket() {
  const codes = Object.entries(CLOSE).map(([name, code]) => [
    code,
    CLOSE_MEANINGS[name as keyof typeof CLOSE],
  ]) as [number, string][];
  return {
    address: OPERATIONS.openRunSocket.path,
    title: 'One run on one socket',
    description:
      `${OPERATIONS.openRunSocket.description} The first message is \`run\` or \`attach\`. The server closes with ` +
      `${codes.map(([code, meaning]) => `${code} (${meaning})`).join(', ')}.`,
    servers: [{ $ref: '#/servers/socket' }],
    messages: messagesOf([...CLIENT.keys(), BYTES, ...SERVER.keys()]),
    bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
    'x-close-codes': Object.fromEntries(codes),
  };
}

const runEvents = () => ({
  address: OPERATIONS.followRun.path,
  title: 'A run as server-sent events',
  description: `${OPERATIONS.followRun.description} \`id\` is the position, \`event\` the type, \`data\` the message.`,
  servers: [{ $ref: '#/servers/http' }],
  parameters: { submission_id: { description: 'As submitCode, or `accepted`, said it' } },
  messages: messagesOf([...EVENTS.keys()]),
});

const sharedRunEvents = () => ({
  address: OPERATIONS.followSharedRun.path,
  title: 'The run of a link as server-sent events',
  description: OPERATIONS.followSharedRun.description,
  servers: [{ $ref: '#/servers/http' }],
  parameters: { code: { description: 'Of the link' } },
  messages: messagesOf([...SHARED_EVENTS.keys()]),
});

const following = (channel: keyof AsyncApiDocument['channels'], types: string[]) => ({
  ...operation('send', channel, types),
  bindings: {
    http: {
      method: 'GET',
      query: { type: 'object', properties: { after: { $ref: schemaAt('RunPosition') } } },
      bindingVersion: '0.3.0',
    },
  },
});

const operation = (
  action: 'send' | 'receive',
  channel: keyof AsyncApiDocument['channels'],
  types: string[],
) => ({
  action,
  channel: { $ref: `#/channels/${channel}` },
  messages: types.map((type) => ({ $ref: `#/channels/${channel}/messages/${type}` })),
});

const messagesOf = (types: string[]) =>
  Object.fromEntries(types.map((type) => [type, { $ref: `#/components/messages/${type}` }]));

function messages(): Record<string, Json> {
  const ofJson = [...CLIENT, ...SERVER, ...SHARED_EVENTS].map(([type, schema]) => [
    type,
    {
      name: type,
      title: titleOf(type),
      summary: schema.description,
      payload: { $ref: schemaAt(titleOf(type)) },
    },
  ]);
  return {
    ...(Object.fromEntries(ofJson) as Record<string, Json>),
    [BYTES]: {
      name: BYTES,
      title: titleOf(BYTES),
      summary: 'A binary frame: stdin, byte for byte',
      contentType: 'application/octet-stream',
      payload: { type: 'string', format: 'binary' },
    },
  };
}

/** AsyncAPI's own schemas are a superset of JSON Schema draft 7. */
function schemas(): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const [type, schema] of new Map([...CLIENT, ...SERVER, ...SHARED_EVENTS]))
    registry.add(schema, { id: titleOf(type) });
  for (const [id, schema] of Object.entries(SHARED)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { uri: schemaAt, io: 'input', target: 'draft-7' }).schemas;
  return Object.fromEntries(
    Object.entries(made).map(([name, { $id: _id, $schema: _schema, ...schema }]) => [name, schema]),
  );
}

/** `input_refused` → `InputRefusedMessage` */
const titleOf = (type: string) =>
  `${type.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Message`;

const schemaAt = (name: string) => `#/components/schemas/${name}`;

/** The messages of a union, however nested, by their `type`. */
function messagesIn(schema: z.core.$ZodType): Map<string, z.ZodObject> {
  if (schema instanceof z.ZodUnion)
    return new Map(schema.options.flatMap((option) => [...messagesIn(option)]));
  const { type } = schema instanceof z.ZodObject ? schema.shape : {};
  if (!(schema instanceof z.ZodObject) || !(type instanceof z.ZodLiteral))
    throw new Error('a message is an object with a literal `type`');
  return new Map([[String(type.value), schema]]);
}
