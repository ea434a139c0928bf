import { z } from 'zod';
import { OEmbedResponseSchema } from '@runbin/contracts/embed';
import { LanguagesResponseSchema, LanguageSummarySchema } from '@runbin/contracts/language';
import { LimitsSchema } from '@runbin/contracts/limits';
import { ReadinessResponseSchema, SubmitCodeFinishedResponseSchema } from '@runbin/contracts/operations';
import { ProblemSchema } from '@runbin/contracts/problem';
import {
  CompileSchema,
  ResultSchema,
  SharedResultSchema,
  TimelineSchema,
  UsageSchema,
} from '@runbin/contracts/result';
import { GetStatusResponseSchema, RunnerStatusSchema } from '@runbin/contracts/service.status';
import {
  SharedSubmissionSchema,
  SourceFileSchema,
  SubmissionSchema,
  SubmitCodeRequestSchema,
  SubmitCodeResponseSchema,
} from '@runbin/contracts/submission';
import {
  GenerateUrlRequestSchema,
  GenerateUrlResponseSchema,
  GetSubmissionResponseSchema,
} from '@runbin/contracts/url';

/** Schemas that have a name of their own in the OpenAPI document; all others stand where they are used. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  SubmitCodeRequest: SubmitCodeRequestSchema,
  SubmitCodeResponse: SubmitCodeResponseSchema,
  SubmitCodeFinishedResponse: SubmitCodeFinishedResponseSchema,
  SourceFile: SourceFileSchema,
  Limits: LimitsSchema,
  Submission: SubmissionSchema,
  SharedSubmission: SharedSubmissionSchema,
  Result: ResultSchema,
  SharedResult: SharedResultSchema,
  Compile: CompileSchema,
  Usage: UsageSchema,
  Timeline: TimelineSchema,
  GenerateUrlRequest: GenerateUrlRequestSchema,
  GenerateUrlResponse: GenerateUrlResponseSchema,
  GetSubmissionResponse: GetSubmissionResponseSchema,
  Language: LanguageSummarySchema,
  OEmbedResponse: OEmbedResponseSchema,
  LanguagesResponse: LanguagesResponseSchema,
  Readiness: ReadinessResponseSchema,
  GetStatusResponse: GetStatusResponseSchema,
  RunnerStatus: RunnerStatusSchema,
  Problem: ProblemSchema,
};

export type JsonSchema = Record<string, unknown>;

const refTo = (name: string) => `#/components/schemas/${name}`;

/** `components.schemas`. */
export function namedSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: refTo, io: 'input' });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutAddress(schema)]));
}

/** A reference to a named schema, or the schema itself. */
export function schemaOrRef(schema: z.ZodType): JsonSchema {
  const name = Object.keys(NAMED).find((candidate) => NAMED[candidate] === schema);
  return name === undefined ? withoutAddress(z.toJSONSchema(schema, { io: 'input' })) : { $ref: refTo(name) };
}

/** Within OpenAPI a schema's address is its place in the document. */
function withoutAddress(schema: object): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}
