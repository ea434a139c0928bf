import { z } from 'zod';

const CELLS = z.int().min(1).max(1000);

/** Size of a terminal, in characters. */
export const TerminalSizeSchema = z.strictObject({ columns: CELLS, rows: CELLS });
export type TerminalSize = z.infer<typeof TerminalSizeSchema>;

/**
 * How a run can be reached while it goes on. Its stdin is not closed behind the input that it came with: more may
 * follow, and it ends by its wall limit if no end of input ever comes. With `terminal`, stdin, stdout and stderr
 * are a terminal of that size; everything that is written to it is stdout.
 */
export const InteractiveSchema = z.strictObject({
  stdin: z.literal('open'),
  terminal: TerminalSizeSchema.nullable().default(null),
});
export type Interactive = z.infer<typeof InteractiveSchema>;

/** What may be sent to a program: what a person at a terminal could, and no more. */
export const INPUT_SIGNALS = ['INT', 'TERM', 'HUP', 'QUIT', 'USR1', 'USR2', 'WINCH', 'KILL'] as const;
export type InputSignal = (typeof INPUT_SIGNALS)[number];
