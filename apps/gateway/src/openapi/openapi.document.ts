import type { z } from 'zod';
import { type Operation, type OperationAnswer, OPERATIONS } from '@runbin/contracts/operations';
import { type ProblemCode, PROBLEMS, ProblemSchema } from '@runbin/contracts/problem';
import { type JsonSchema, namedSchemas, schemaOrRef } from './schema.names';

/** Any request may meet these, whatever it asks for. */
const EVERYWHERE: readonly ProblemCode[] = ['misdirected_request', 'internal'];

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: Record<string, unknown>;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, JsonSchema>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, JsonSchema> };
}

/** The OpenAPI 3.1 document, from the table of operations and the schemas that validate. */
export function openApiDocument(): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const [operationId, operation] of Object.entries<Operation>(OPERATIONS)) {
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operationId, operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Runbin',
      version: '1',
      description: 'Runs code that strangers wrote and keeps the answer at a link.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'submissions', description: 'Submit programs and get their results' },
      { name: 'links', description: 'Short links to submissions' },
      { name: 'languages', description: 'What can be run' },
      { name: 'pages', description: 'What people open in a browser' },
      { name: 'service', description: 'Health and documentation' },
    ],
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        ownerToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'The `owner_token` that submitCode answered',
        },
      },
    },
  };
}

function describe(operationId: string, operation: Operation): JsonSchema {
  const { tag, summary, description, parameters = {}, query = {}, headers = {}, body, byOwner } = operation;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    parameters: [
      ...parametersIn('path', parameters),
      ...parametersIn('query', query),
      ...parametersIn('header', headers),
    ],
    ...(byOwner && { security: [{ ownerToken: [] }] }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: { 'application/json': { schema: schemaOrRef(body.schema) } },
      },
    }),
    responses: { ...answers(operation), ...problems([...operation.problems, ...EVERYWHERE]) },
  };
}

function parametersIn(
  place: 'path' | 'query' | 'header',
  schemas: Readonly<Record<string, z.ZodType>>,
): JsonSchema[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    in: place,
    required: place !== 'header' && !schema.safeParse(undefined).success,
    schema: schemaOrRef(schema),
  }));
}

function answers({ answers }: Operation): JsonSchema {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]),
  );
}

function describeAnswer({ description, schema, mediaType, headers = {} }: OperationAnswer): JsonSchema {
  const named = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(named.length > 0 ? { headers: Object.fromEntries(named) as JsonSchema } : {}),
    ...((schema ?? mediaType) && {
      content: {
        ...(schema && { 'application/json': { schema: schemaOrRef(schema) } }),
        ...(mediaType && { [mediaType]: { schema: { type: 'string' } } }),
      },
    }),
  };
}

/** One response per status; it lists the codes that the status can carry. */
function problems(codes: readonly ProblemCode[]): JsonSchema {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, sharing]) => [
      status,
      {
        description: sharing.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: schemaOrRef(ProblemSchema) } },
      },
    ]),
  );
}
