import type { z } from 'zod';
import { type ProblemCode, type ProblemDocument, ProblemSchema, PROBLEMS } from '@runbin/contracts/problem';
import { SubmitCodeResponseSchema, type SubmitCodeResponse } from '@runbin/contracts/submission';
import type { Answer } from '../tools/lib/client.mjs';

/** The body of an answer that must have this status and this shape. */
export function bodyOf<Schema extends z.ZodType>(
  answer: Answer,
  status: number,
  schema: Schema,
): z.infer<Schema> {
  expect({ status: answer.status, body: answer.text.slice(0, 500) }).toMatchObject({ status });
  return schema.parse(answer.json);
}

/** What submitCode answers when the result is not waited for. */
export function acceptedOf(answer: Answer): SubmitCodeResponse {
  return bodyOf(answer, 201, SubmitCodeResponseSchema);
}

/** An RFC 9457 document, whole and consistent, of this kind. */
export function problemOf(answer: Answer, code: ProblemCode): ProblemDocument {
  expect({ code: (answer.json as { code?: string }).code, body: answer.text.slice(0, 500) }).toMatchObject({
    code,
  });
  const problem = ProblemSchema.parse(answer.json);
  const { status, title } = PROBLEMS[code];
  expect(answer.status).toBe(status);
  expect(problem).toMatchObject({ status, title });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(problem.detail.length).toBeGreaterThan(10);
  return problem;
}
