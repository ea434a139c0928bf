import { z } from 'zod';
import { LanguageIdSchema } from '@runbin/contracts/ids';
import { RequestedLimitsSchema } from '@runbin/contracts/limits';

/** Where programs are put, and their working directory. */
export const BOX_DIR = '/box';

/** Below BOX_DIR: what the compile stage leaves there is carried into the run stage; nothing else is. */
export const ARTIFACTS_DIR = '.out';

/**
 * A command as an argument vector; nothing goes through a shell. The first word is looked up on the
 * sandbox's PATH. An argument may hold `{entry}` (name of the first file), `{entry_stem}` (the same without its
 * extension) and `{memory_mib}` (memory limit of the stage); an argument that is exactly `{sources}` becomes
 * every file that ends in one of `source_extensions`, and `{compiler_args}` the submission's compiler
 * arguments. The program's own arguments are appended to the run command.
 */
const CommandSchema = z.array(z.string().min(1)).min(1);

/**
 * Where the command can be started before its program is there, and waits for it (ADR 0008). The rest of its
 * start-up must not depend on the program; what it looks for before that is named in the exceptions.
 */
const ParkSchema = z.strictObject({
  /** Below the box: opening this file is the first thing that the command does with the program. */
  file: z.string().min(1),
  /**
   * For a command that opens the program early, looks at its first bytes, and reads on when it has started: bytes
   * that mean nothing before a program. Programs that do not fit into a pipe (64 KiB) are then not parked.
   */
  primer: z.string().min(1).optional(),
  /** Regular expression, anchored by us: a submission with a file of such a name is not parked. */
  unless_file: z.string().optional(),
  /** Regular expression with the flag m: a program (the file above) that it finds something in is not parked. */
  unless_source: z.string().optional(),
});
export type Park = z.infer<typeof ParkSchema>;

/** `languages/<id>/language.json`. */
export const LanguageSchema = z.strictObject({
  $schema: z.string().optional(),
  id: LanguageIdSchema,
  label: z.string().min(1),
  aliases: z.array(LanguageIdSchema.or(z.string().regex(/^[a-z0-9+#.-]{1,32}$/))),
  /** File name that `code` is given. */
  source_name: z.string().min(1),
  source_extensions: z.array(z.string().startsWith('.')).min(1),
  /** The grammar of highlight.js that colours its programs where they are shown; absent: they are shown plain. */
  highlight: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** What its image installs on Debian trixie, complete without recommended packages. */
  debian_packages: z.array(z.string()),
  /**
   * Tested on every host: `npm test` installs its packages, which therefore exist in bookworm too, and wants it
   * offered. The others are tested where they are found, and all of them in the images.
   */
  core: z.boolean().default(false),
  /** Run inside a sandbox at start; the first group of `pattern` in its output is the version. No match: not offered. */
  version: z.strictObject({ command: CommandSchema, pattern: z.string() }),
  /** Writes into ARTIFACTS_DIR, which exists; null when there is no compile stage. */
  compile: z.strictObject({ command: CommandSchema, park: ParkSchema.optional() }).nullable(),
  run: z.strictObject({ command: CommandSchema, park: ParkSchema.optional() }),
  env: z.record(z.string(), z.string()).default({}),
  /** Host paths beside /usr that the toolchain reads, bound read-only where they exist; `*` matches within one segment. */
  mounts: z.array(z.string().startsWith('/')).default([]),
  /** Defaults of this language where they differ from ours. */
  limits: RequestedLimitsSchema.default({}),
  /** Regular expressions, each anchored by us; a compiler argument must match one. */
  compiler_args_allowed: z.array(z.string()).default([]),
  /** What the editor shows to begin with. */
  example: z.string().min(1),
});
export type Language = z.infer<typeof LanguageSchema>;

/** `languages/<id>/corpus/<case>/want.json`; every other file of the folder is submitted, `entry` first. */
export const CorpusCaseSchema = z.strictObject({
  entry: z.string(),
  stdin: z.string().default(''),
  args: z.array(z.string()).default([]),
  status: z.string(),
  exit_code: z.int().nullable().optional(),
  /** Exactly this, or `stdout_repeat`. */
  stdout: z.string().optional(),
  stdout_repeat: z.strictObject({ unit: z.string(), count: z.int() }).optional(),
  stderr_includes: z.string().optional(),
  compile_output_includes: z.string().optional(),
});
export type CorpusCase = z.infer<typeof CorpusCaseSchema>;
