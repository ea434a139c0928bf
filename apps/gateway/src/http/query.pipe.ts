import { Injectable, type PipeTransform } from '@nestjs/common';
import { WaitSecondsSchema } from '@runbin/contracts/operations';
import { Problem } from '@runbin/platform/problem';

const DECIMAL = /^\d{1,4}(?:\.\d{1,6})?$/;

/** The query of an operation that takes none: a misspelt parameter is said, not ignored. */
@Injectable()
export class NoQuery implements PipeTransform<Record<string, unknown>, void> {
  transform(query: Record<string, unknown>): void {
    refuseUnknown(query, []);
  }
}

/** `?wait=SECONDS` as milliseconds; 0 without it. */
@Injectable()
export class WaitQuery implements PipeTransform<Record<string, unknown>, number> {
  /** @throws Problem `invalid_request` */
  transform(query: Record<string, unknown>): number {
    refuseUnknown(query, ['wait']);
    const { wait } = query;
    if (wait === undefined) return 0;
    const seconds = typeof wait === 'string' && DECIMAL.test(wait) ? Number(wait) : undefined;
    const parsed = WaitSecondsSchema.safeParse(seconds);
    if (!parsed.success) {
      throw new Problem(
        'invalid_request',
        `?wait= must be a number of seconds from 0 to ${WaitSecondsSchema.maxValue ?? ''}.`,
      );
    }
    return parsed.data * 1000;
  }
}

/** @throws Problem `invalid_request` naming a parameter that is not one of these */
export function refuseUnknown(query: Record<string, unknown>, known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const allowed = known.length === 0 ? 'none is' : `${known.join(', ')} is`;
  throw new Problem(
    'invalid_request',
    `The query parameter ${JSON.stringify(unknown.slice(0, 64))} is not known here; ${allowed}.`,
  );
}
