import { z } from 'zod';

/** UUIDv7 made by us (any UUID version is accepted when reading). Lower case only: one id, one spelling. */
export const SubmissionIdSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, {
    error: 'must be a submission_id as submitCode returned it: a lower-case UUID',
  })
  .meta({ description: 'Id of a submission (UUIDv7)', example: '019338e0-7b5c-7d64-9c7e-3f1a2b4c5d6e' });

/** When the id of a submission was made, in milliseconds since 1970: as it was accepted. Undefined: it does not say. */
export function acceptedAt(submissionId: string): number | undefined {
  const isVersion7 = submissionId[14] === '7';
  return isVersion7 ? Number.parseInt(submissionId.slice(0, 8) + submissionId.slice(9, 13), 16) : undefined;
}

/** Id of a language: permanent, since links hold it. It is also a token of a NATS subject and a folder name. */
export const LanguageIdSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

/** Code of a share link: 16 characters at most. */
export const LinkCodeSchema = z.string().regex(/^[A-Za-z0-9]{8,16}$/);
