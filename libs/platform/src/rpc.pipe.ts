import { Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { Problem } from './problem';

/** Parses a message by its contract: `@Payload(new ContractPipe(submissionGet.request))`. */
@Injectable()
export class ContractPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.infer<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(message: unknown): z.infer<Schema> {
    const parsed = this.schema.safeParse(message);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Problem('invalid_request', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`);
  }
}
