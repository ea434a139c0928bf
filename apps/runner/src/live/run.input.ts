import { constants } from 'node:os';
import type { Interactive } from '@runbin/contracts/interactive';
import {
  type InputMessage,
  InputMessageSchema,
  type InputRefusal,
  type InputReply,
} from '@runbin/contracts/live';
import { decodeBytes } from '@runbin/contracts/text';
import type { RunningProgram } from '../sandbox/sandbox';

/** What may come before the program has started, while it is compiled for example. */
const MAX_EARLY_BYTES = 256 * 1024;
const MAX_EARLY_MESSAGES = 1024;

type Result = 'taken' | InputRefusal;
type ProgramInput = Exclude<InputMessage, { kind: 'cancel' }>;

/** What one run is sent while it goes on: judges it, and hands it to the program. */
export class RunInput {
  private readonly cancelling = new AbortController();
  private program: RunningProgram | undefined;
  private readonly early: ProgramInput[] = [];
  private earlyBytes = 0;
  private hasEnded = false;

  /** @param interactive null: the run takes no input, and can only be cancelled */
  constructor(private readonly interactive: Interactive | null) {}

  /** Aborted once the run is to end before its time. */
  get cancelled(): AbortSignal {
    return this.cancelling.signal;
  }

  /** The program has started: it gets what came before, and what comes from now on. */
  attach(program: RunningProgram): void {
    this.program = program;
    for (const message of this.early.splice(0)) this.pass(program, message);
  }

  take(message: unknown): InputReply {
    const parsed = InputMessageSchema.safeParse(message);
    const result = parsed.success ? this.judge(parsed.data) : 'malformed';
    return result === 'taken' ? { accepted: true, reason: null } : { accepted: false, reason: result };
  }

  private judge(message: InputMessage): Result {
    if (message.kind === 'cancel') {
      this.cancelling.abort();
      return 'taken';
    }
    if (!this.interactive) return 'not_interactive';
    if (message.kind === 'resize' && !this.interactive.terminal) return 'no_terminal';
    if (message.kind === 'stdin' && this.hasEnded) return 'closed';
    const result = this.program ? this.pass(this.program, message) : this.keep(message);
    // At a terminal the end of input is a key like any other.
    if (result === 'taken' && message.kind === 'eof') this.hasEnded = !this.interactive.terminal;
    return result;
  }

  private keep(message: ProgramInput): Result {
    const bytes = message.kind === 'stdin' ? Buffer.byteLength(message.data) : 0;
    if (this.earlyBytes + bytes > MAX_EARLY_BYTES || this.early.length === MAX_EARLY_MESSAGES)
      return 'queue_full';
    this.earlyBytes += bytes;
    this.early.push(message);
    return 'taken';
  }

  private pass(program: RunningProgram, message: ProgramInput): Result {
    switch (message.kind) {
      case 'stdin': {
        const written = program.write(decodeBytes({ content: message.data, encoding: message.encoding }));
        return written === 'full' ? 'queue_full' : written;
      }
      case 'eof':
        program.end();
        return 'taken';
      case 'signal':
        program.signal(constants.signals[`SIG${message.signal}`]);
        return 'taken';
      case 'resize':
        program.resize({ columns: message.columns, rows: message.rows });
        return 'taken';
    }
  }
}
