import type { FinishedEvent, SharedFinishedEvent } from '@runbin/contracts/follow.events';
import type { Limits } from '@runbin/contracts/limits';
import type { Status } from '@runbin/contracts/status';
import { byteText, durationText } from './units';

/** A result without its output. */
/** Of a run that is known by a link only it has no id. */
export type RunResult = SharedFinishedEvent['result'] &
  Partial<Pick<FinishedEvent['result'], 'submission_id'>>;

/** What of a result decides the words; a run that goes on has a status only. */
export type VerdictFacts = Pick<RunResult, 'status'> & Partial<RunResult>;

export interface Explanation {
  /** For colour and symbol; the words say it, too. */
  readonly tone: 'waiting' | 'good' | 'bad' | 'stopped' | 'fault';
  /** A few words. */
  readonly title: string;
  /** What happened, for somebody who learns to program. */
  readonly reason: string;
  /** What to look for, or null. */
  readonly hint: string | null;
}

/** What a run came to. Without limits, their numbers are left out. */
export function explain(facts: VerdictFacts, limits: Limits | null): Explanation {
  return EXPLANATIONS[facts.status](facts, limits);
}

/** Messages that say no more than the status. */
const UNSAID = ['', 'The program does not compile.'];

type Explain = (facts: VerdictFacts, limits: Limits | null) => Explanation;

const EXPLANATIONS: Record<Status, Explain> = {
  queued: () => ({
    tone: 'waiting',
    title: 'Waiting',
    reason: 'Your program waits for its turn.',
    hint: null,
  }),
  running: () => ({ tone: 'waiting', title: 'Running', reason: 'Your program is running.', hint: null }),
  succeeded: () => ({
    tone: 'good',
    title: 'Finished',
    reason: 'Your program ran to its end.',
    hint: null,
  }),
  runtime_error: ({ signal = null, exit_code = null, message = '' }) =>
    signal === null && exit_code === null
      ? {
          tone: 'bad',
          title: 'Not started',
          reason: message || 'Your program could not be started.',
          hint: null,
        }
      : signal === null
        ? ended(exit_code ?? 0)
        : killed(signal),
  compile_error: ({ message = '', compile }) => ({
    tone: 'bad',
    title: 'Does not compile',
    reason: UNSAID.includes(message) ? 'The compiler did not accept your program.' : message,
    hint: compile?.output ? 'Begin with its first message: those after it often follow from that one.' : null,
  }),
  time_limit_exceeded: outOfTime,
  memory_limit_exceeded: (_, limits) => ({
    tone: 'bad',
    title: 'Out of memory',
    reason: `It wanted more memory than the ${limits ? byteText(limits.memory_bytes) : 'amount'} that it may have.`,
    hint: 'Is there a list that grows without end, or a function that calls itself for ever?',
  }),
  output_limit_exceeded: ({ stdout_truncated, stderr_truncated }, limits) => ({
    tone: 'bad',
    title: 'Too much output',
    reason: `It wrote more than ${limits ? byteText(limits.output_bytes) : 'it may'} to ${
      !stdout_truncated && stderr_truncated ? 'stderr' : 'stdout'
    }, and was ended. What came before that is kept.`,
    hint: 'Is something printed in a loop that never ends?',
  }),
  cancelled: () => ({
    tone: 'stopped',
    title: 'Stopped',
    reason: 'It was stopped before its end.',
    hint: null,
  }),
  internal_error: () => ({
    tone: 'fault',
    title: 'Our fault',
    reason: 'Something broke on our side. It is nothing that your program did.',
    hint: 'Run it again.',
  }),
};

function outOfTime({ usage, message = '' }: VerdictFacts, limits: Limits | null): Explanation {
  const title = 'Out of time';
  const endless = 'Is there a loop that never ends?';
  const ofCpu =
    message.includes('CPU') || (limits && usage ? usage.cpu_time_ms >= limits.cpu_time_ms : false);
  if (ofCpu) {
    const time = limits?.cpu_time_ms ?? usage?.cpu_time_ms;
    const reason =
      time === undefined
        ? 'It used all the CPU time that it may have.'
        : `It ran for ${durationText(time)} of CPU time, which is all it may have.`;
    return { tone: 'bad', title, reason, hint: endless };
  }
  const time = limits?.wall_time_ms ?? usage?.wall_time_ms;
  const reason =
    time === undefined
      ? 'It had not ended when its time was over.'
      : `It had not ended after ${durationText(time)}, which is all that it may take.`;
  const ofCpuText = usage ? ` It used the CPU for ${durationText(usage.cpu_time_ms)} of that.` : '';
  const isIdle = usage ? usage.cpu_time_ms < usage.wall_time_ms / 4 : false;
  return {
    tone: 'bad',
    title,
    reason: reason + ofCpuText,
    hint: isIdle ? 'Does it wait for input that never comes, for another thread, or sleep?' : endless,
  };
}

/** Exit codes that mean the same nearly everywhere. */
const EXIT_CODES: Partial<Record<number, string>> = {
  1: 'Programs end so when something went wrong, mostly an error that nothing caught.',
  2: 'Many programs end so when they were not called as they should be, and Go ends so after a panic.',
  101: 'Rust ends so after a panic.',
  126: 'A shell ends so when a command is no program that it may run.',
  127: 'A shell ends so when it does not find a command.',
};

function ended(code: number): Explanation {
  const signal = code > 128 ? SIGNALS[code - 128] : undefined;
  const meaning =
    EXIT_CODES[code] ??
    (signal ? `By custom that is 128 + ${code - 128}: a process was ended by ${signal[0]}.` : undefined);
  return {
    tone: 'bad',
    title: `Ended with exit code ${code}`,
    reason: `Your program ended by itself, and said with the code ${code} that it did not succeed.${meaning ? ` ${meaning}` : ''}`,
    hint: 'If it says why, then in its last lines, mostly on stderr.',
  };
}

/** By number on Linux: name, title, what happened, what to look for. */
const SIGNALS: Partial<Record<number, [name: string, title: string, reason: string, hint: string | null]>> = {
  1: ['SIGHUP', 'Hung up', 'It was told that its terminal is gone (SIGHUP).', null],
  2: ['SIGINT', 'Interrupted', 'It was interrupted, as by Ctrl+C (SIGINT).', null],
  3: ['SIGQUIT', 'Quit', 'It was told to quit, as by Ctrl+\\ (SIGQUIT).', null],
  4: [
    'SIGILL',
    'Illegal instruction',
    'It came to something that is no instruction of this machine (SIGILL). Compilers put such a thing where a program must not come.',
    'Does a function lack its return, or is a check of the language violated?',
  ],
  5: [
    'SIGTRAP',
    'Trapped',
    'A check that the compiler put into it failed (SIGTRAP).',
    'Is an index out of range, a value missing that was unwrapped, or a number too large for its type?',
  ],
  6: [
    'SIGABRT',
    'Aborted',
    'It gave up by itself (SIGABRT): by abort(), by an assertion that does not hold, or by an exception that nothing caught.',
    'Its last lines on stderr mostly say which.',
  ],
  7: ['SIGBUS', 'Bus error', 'It touched memory that is not there (SIGBUS).', 'Is a pointer wrong?'],
  8: [
    'SIGFPE',
    'Arithmetic error',
    'It calculated something that has no result (SIGFPE), mostly a division of a whole number by zero.',
    'Can a divisor be 0?',
  ],
  9: ['SIGKILL', 'Killed', 'It was ended at once, without being asked (SIGKILL).', null],
  11: [
    'SIGSEGV',
    'Segmentation fault',
    'It touched memory that is not its own (SIGSEGV).',
    'Is an index beyond the end of an array, a pointer null or freed, or does a function call itself for ever?',
  ],
  13: ['SIGPIPE', 'Broken pipe', 'It wrote to something that nobody reads any more (SIGPIPE).', null],
  14: ['SIGALRM', 'Alarm', 'An alarm that it had set went off (SIGALRM).', null],
  15: ['SIGTERM', 'Terminated', 'It was asked to end (SIGTERM).', null],
  24: [
    'SIGXCPU',
    'Out of time',
    'It used all the CPU time that it may have (SIGXCPU).',
    'Is there a loop that never ends?',
  ],
  25: ['SIGXFSZ', 'File too large', 'It wrote a file that is larger than it may be (SIGXFSZ).', null],
  31: [
    'SIGSYS',
    'Not allowed',
    'It asked the system for something that is not allowed here (SIGSYS).',
    'Programs have no network here, and can not change the system.',
  ],
};

function killed(signal: number): Explanation {
  const [, title, reason, hint] = SIGNALS[signal] ?? [
    '',
    `Ended by signal ${signal}`,
    `It was ended by signal ${signal}.`,
    null,
  ];
  return { tone: 'bad', title, reason, hint };
}

/** A figure of what a run used. */
export interface Figure {
  readonly label: string;
  /** `1.2 s`, `9.1 MiB`. */
  readonly value: string;
  /** The limit in the same words, or null where it is not known. */
  readonly limit: string | null;
  /** Part of the limit that was used, from 0 to 1. */
  readonly share: number | null;
}

/** CPU time, time and memory that a run took; none before it ended, or when nothing ran. */
export function figures({ usage }: VerdictFacts, limits: Limits | null): Figure[] {
  if (!usage) return [];
  const figure = (
    label: string,
    used: number,
    limit: number | undefined,
    text: (value: number) => string,
  ): Figure => ({
    label,
    value: text(used),
    limit: limit === undefined ? null : text(limit),
    share: limit === undefined ? null : Math.min(1, used / limit),
  });
  return [
    figure('CPU', usage.cpu_time_ms, limits?.cpu_time_ms, durationText),
    figure('Time', usage.wall_time_ms, limits?.wall_time_ms, durationText),
    figure('Memory', usage.memory_peak_bytes, limits?.memory_bytes, byteText),
  ];
}
