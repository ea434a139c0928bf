import { z } from 'zod';
import { conflictingNames, fileNameProblem, MAX_FILES } from './file.names';
import { MIN_SECRET_KEY_CHARACTERS, MIN_SECRET_KEY_VARIETY } from './idempotency';
import { RequestedLimitsSchema, LimitsSchema } from './limits';
import { SubmissionIdSchema, LanguageIdSchema } from './ids';
import { EncodingSchema, WellFormedString, isBase64 } from './text';

export const MAX_ARGS = 256;
export const MAX_ARG_BYTES = 16 * 1024;

export const FileNameSchema = WellFormedString.min(1)
  .superRefine((name, context) => {
    const problem = fileNameProblem(name);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'Relative path of the file, e.g. main.py or lib/util.py' });

const base64Check = (
  { content, encoding }: { content: string; encoding?: string | undefined },
  context: z.RefinementCtx,
) => {
  if (encoding === 'base64' && !isBase64(content)) {
    context.addIssue({ code: 'custom', path: ['content'], message: 'is not canonical base64' });
  }
};

export const SourceFileSchema = z
  .strictObject({
    name: FileNameSchema,
    content: WellFormedString,
    encoding: EncodingSchema.default('utf-8'),
  })
  .superRefine(base64Check);
export type SourceFile = z.infer<typeof SourceFileSchema>;

/** An argument ends up in execve: no NUL. */
const ArgumentSchema = WellFormedString.refine((text) => !text.includes('\0'), {
  error: 'must not hold U+0000',
}).refine((text) => Buffer.byteLength(text) <= MAX_ARG_BYTES, {
  error: `is longer than ${MAX_ARG_BYTES} bytes`,
});

/**
 * Compiler arguments are an allow-list per language (`compiler_args_allowed` in language.json); what is said
 * here is only their form.
 */
export const SubmitCodeRequestSchema = z
  .strictObject({
    language: z
      .string()
      .min(1)
      .max(64)
      .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: 'must not hold control characters or lone surrogates' })
      .meta({ description: 'Id or alias of a language', example: 'python' }),
    code: WellFormedString.optional().meta({
      description: 'The program; or give `files`',
      example: 'print(input())',
    }),
    files: z
      .array(SourceFileSchema)
      .min(1)
      .max(MAX_FILES)
      .optional()
      .meta({ description: 'The program as files; the first is the entry' }),
    code_input: WellFormedString.default('').meta({ description: 'Standard input', example: 'hello' }),
    code_input_encoding: EncodingSchema.default('utf-8'),
    args: z.array(ArgumentSchema).max(MAX_ARGS).default([]).meta({ description: 'Arguments of the program' }),
    compiler_args: z
      .array(ArgumentSchema)
      .max(MAX_ARGS)
      .default([])
      .meta({ description: 'Options of the compiler' }),
    limits: RequestedLimitsSchema.optional(),
  })
  .superRefine((body, context) => {
    if ((body.code === undefined) === (body.files === undefined)) {
      context.addIssue({
        code: 'custom',
        path: [],
        message:
          body.code === undefined
            ? 'give `code` or `files`: both are missing'
            : 'give `code` or `files`, not both',
      });
    }
    if (body.code_input_encoding === 'base64' && !isBase64(body.code_input)) {
      context.addIssue({ code: 'custom', path: ['code_input'], message: 'is not canonical base64' });
    }
    const conflict = conflictingNames((body.files ?? []).map(({ name }) => name));
    if (conflict) context.addIssue({ code: 'custom', path: ['files'], message: conflict });
  });
export type SubmitCodeRequest = z.infer<typeof SubmitCodeRequestSchema>;

export const SubmitCodeResponseSchema = z.object({
  submission_id: SubmissionIdSchema,
  status: z.literal('queued'),
  created_at: z.iso.datetime(),
  owner_token: z
    .string()
    .nullable()
    .meta({
      description:
        'Shown once; `Authorization: Bearer <owner_token>` deletes this submission and revokes its links. ' +
        'Null only where a repeated Idempotency-Key is one that somebody else may have chosen, too: ' +
        `shorter than ${MIN_SECRET_KEY_CHARACTERS} characters, or of fewer than ${MIN_SECRET_KEY_VARIETY} different ones`,
    }),
});
export type SubmitCodeResponse = z.infer<typeof SubmitCodeResponseSchema>;

/** A submission as it reads back: what was sent, byte for byte. */
export const SubmissionSchema = z.object({
  submission_id: SubmissionIdSchema,
  language: LanguageIdSchema,
  language_version: z.string().nullable(),
  code: z.string().meta({ description: 'Content of the entry file' }),
  code_encoding: EncodingSchema,
  code_input: z.string(),
  code_input_encoding: EncodingSchema,
  files: z.array(z.object({ name: z.string(), content: z.string(), encoding: EncodingSchema })),
  args: z.array(z.string()),
  compiler_args: z.array(z.string()),
  limits: LimitsSchema,
  created_at: z.iso.datetime(),
});
export type Submission = z.infer<typeof SubmissionSchema>;

/** The same as a link shows it: without its id, which would go on reading after the link has ended (ADR 0034). */
export const SharedSubmissionSchema = SubmissionSchema.omit({ submission_id: true });
export type SharedSubmission = z.infer<typeof SharedSubmissionSchema>;
