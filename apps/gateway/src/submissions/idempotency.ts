import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  type Idempotency,
  IDEMPOTENCY_KEY_HEADER,
  IdempotencyKeySchema,
  isSecretKey,
  MAX_IDEMPOTENCY_KEY_BYTES,
} from '@runbin/contracts/idempotency';
import { Problem } from '@runbin/platform/problem';
import type { Client } from '../admission/client';

const SALT_BYTES = 32;

/**
 * The header `Idempotency-Key`, or undefined.
 * @throws Problem `invalid_request`
 */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): string | undefined => {
    const key = context.switchToHttp().getRequest<FastifyRequest>().headers[IDEMPOTENCY_KEY_HEADER];
    if (key === undefined) return undefined;
    const parsed = IdempotencyKeySchema.safeParse(key);
    if (parsed.success) return parsed.data;
    throw new Problem(
      'invalid_request',
      `An Idempotency-Key has 1 to ${MAX_IDEMPOTENCY_KEY_BYTES} printable ASCII characters; a random UUID is a good one.`,
    );
  },
);

/** A request that may be sent again: what is remembered of it (ADR 0013), and the key itself, which is not. */
export interface KeyedRequest {
  readonly key: string;
  readonly facts: Idempotency;
}

/** Keys are the client's own: two that choose the same one do not meet. */
export function keyedRequest(key: string, client: Client, body: unknown): KeyedRequest {
  return {
    key,
    facts: {
      key_sha256: sha256(JSON.stringify([client.id, key])),
      request_sha256: sha256(JSON.stringify(body)),
      owner_token_salt: randomBytes(SALT_BYTES).toString('hex'),
    },
  };
}

/**
 * The owner token that belongs to a key: the salt is on record, and makes it only together with the key. Undefined for
 * a key that another client behind the same address may choose as well, or that can be guessed from the record: its
 * submission gets a random token, which is told once.
 */
export function repeatableOwnerToken(key: string, saltHex: string): string | undefined {
  if (!isSecretKey(key)) return undefined;
  return createHmac('sha256', Buffer.from(saltHex, 'hex')).update(key).digest('base64url');
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
