import { Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { Problem } from '@runbin/platform/problem';

const MAX_ERRORS = 20;
const MAX_NAME_CHARACTERS = 200;

/** Parses a request body by its contract: `@Body(new ContractBody(SubmitCodeRequestSchema))`. */
@Injectable()
export class ContractBody<Schema extends z.ZodType> implements PipeTransform<unknown, z.infer<Schema>> {
  /** @param whenAbsent what a request without a body means; undefined: it is an error */
  constructor(
    private readonly schema: Schema,
    private readonly whenAbsent?: z.input<Schema>,
  ) {}

  /** @throws Problem `invalid_request` with a JSON pointer for each thing to change */
  transform(body: unknown): z.infer<Schema> {
    const given = body ?? (body === undefined ? this.whenAbsent : null);
    if (given === undefined) throw new Problem('malformed_json', 'The body is empty; send a JSON object.');
    const parsed = this.schema.safeParse(given);
    if (parsed.success) return parsed.data;
    throw invalidRequest(parsed.error.issues);
  }
}

/** The problem document of what a schema did not like. */
export function invalidRequest(issues: readonly z.core.$ZodIssue[]): Problem {
  const errors = issues.flatMap(errorsOf).slice(0, MAX_ERRORS);
  const [first] = errors;
  const place = first === undefined || first.pointer === '' ? 'The body' : first.pointer;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  return new Problem('invalid_request', `${place}: ${first?.detail ?? 'is malformed'}${more}`, errors);
}

function errorsOf(issue: z.core.$ZodIssue): { pointer: string; detail: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(issue.path), detail: issue.message }];
  // One million unknown names are answered with the first few.
  return issue.keys
    .slice(0, MAX_ERRORS)
    .map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'is not a known field; remove it' }));
}

/** RFC 6901. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path
    .map(
      (part) => `/${String(part).slice(0, MAX_NAME_CHARACTERS).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    )
    .join('');
}
