import { z } from 'zod';

export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
/** On an answer that repeats an earlier one. */
export const IDEMPOTENCY_REPLAYED_HEADER = 'idempotency-replayed';
export const MAX_IDEMPOTENCY_KEY_BYTES = 255;
/** A key with fewer characters, or with fewer different ones, may be chosen by two clients. A random UUID has 36 and about 14. */
export const MIN_SECRET_KEY_CHARACTERS = 16;
export const MIN_SECRET_KEY_VARIETY = 6;
/** How long a key is remembered. */
export const IDEMPOTENCY_KEY_HOURS = 24;

/** The header `Idempotency-Key`: printable ASCII, so that one key has one spelling. */
export const IdempotencyKeySchema = z
  .string()
  .max(MAX_IDEMPOTENCY_KEY_BYTES)
  .regex(/^[\x20-\x7e]+$/)
  .meta({
    description:
      'Makes trying again safe: the same key and body get the same answer for 24 hours. Make it random: ' +
      'only a key that nobody else would choose gets the owner token again',
    example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
  });

/**
 * Whether a key can stand for its client. Clients behind one address share their keys: one that two of them may choose
 * still makes a repeated request harmless, but must not be answered with what belongs to one of them.
 */
export const isSecretKey = (key: string): boolean =>
  key.length >= MIN_SECRET_KEY_CHARACTERS && new Set(key).size >= MIN_SECRET_KEY_VARIETY;

const Sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** What is remembered of a request that came with a key: neither the key nor the body. */
export const IdempotencySchema = z.object({
  /** SHA-256 of the client and the key, hex. */
  key_sha256: Sha256Schema,
  /** SHA-256 of the body, hex. */
  request_sha256: Sha256Schema,
  /** 32 random bytes, hex. The owner token is their HMAC under the key: only who has the key can make it again. */
  owner_token_salt: Sha256Schema,
});
export type Idempotency = z.infer<typeof IdempotencySchema>;
