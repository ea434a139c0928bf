// @ts-check
import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import { connectAs } from './onlooker.mjs';

/** @typedef {import('./faults.mjs').System} System */
/** @typedef {import('./ledger.mjs').LedgerEntry} LedgerEntry */

const COPIES = 3;

/** What a broker delivers that promises at least once, and what nobody should send. @type {readonly import('./faults.mjs').Fault[]} */
export const MESSAGE_FAULTS = [
  {
    kind: 'work comes again',
    weight: 4,
    inject: async (system, random, ledger) => {
      const entries = random.some(ledger.accepted.filter(isPython), 5);
      const sent = await publish(system, 'submission', entries.flatMap(workAgain));
      return { what: `${sent} work messages of ${entries.length} submissions` };
    },
  },
  {
    kind: 'events come late',
    weight: 4,
    inject: async (system, random, ledger) => {
      const finished = random.some(
        ledger.accepted.filter(({ finals }) => finals.length > 0),
        5,
      );
      const sent = await publish(system, 'runner', finished.flatMap(lateEvents));
      return { what: `${sent} run events of ${finished.length} finished submissions` };
    },
  },
  {
    kind: 'poison',
    weight: 4,
    inject: async (system, random) => {
      const work = await publish(system, 'submission', poisonousWork());
      const events = await publish(system, 'runner', poisonousEvents(random));
      return { what: `${work} work messages and ${events} run events that can not be read` };
    },
  },
];

const isPython = (/** @type {LedgerEntry} */ entry) =>
  /** @type {any} */ (entry.program.submission).language === 'python';

/** @param {LedgerEntry} entry @returns {Message[]} */
function workAgain({ ids: [id = ''], program }) {
  const { language, code, code_input, args } = /** @type {any} */ (program.submission);
  const message = {
    v: 1,
    submission_id: id,
    dispatch: 1,
    language,
    args,
    compiler_args: [],
    limits: LIMITS,
    queued_at: new Date().toISOString(),
    payload: {
      files: [{ name: 'main.py', content: code, encoding: 'utf-8' }],
      stdin: { content: code_input, encoding: 'utf-8' },
    },
    interactive: null,
  };
  return Array.from({ length: COPIES }, () => ({
    subject: `work.${language}.${id}`,
    body: JSON.stringify(message),
  }));
}

const LIMITS = {
  cpu_time_ms: 5_000,
  wall_time_ms: 10_000,
  memory_bytes: 256 * 2 ** 20,
  output_bytes: 2 ** 20,
  processes: 64,
  files_bytes: 64 * 2 ** 20,
};

/** An earlier attempt that ends only now, a later one that begins, and the end of that. @param {LedgerEntry} entry @returns {Message[]} */
function lateEvents({ ids: [id = ''] }) {
  const now = new Date().toISOString();
  const started = (/** @type {number} */ attempt) => ({
    v: 1,
    submission_id: id,
    attempt,
    runner_id: 'late',
    language: 'python',
    language_version: null,
    queued_at: now,
    picked_at: now,
    started_at: now,
  });
  const finished = (/** @type {number} */ attempt) => ({
    ...started(attempt),
    finished_at: now,
    outcome: LATE,
  });
  return [
    { subject: 'run.finished', body: JSON.stringify(finished(1)) },
    { subject: 'run.started', body: JSON.stringify(started(99)) },
    { subject: 'run.finished', body: JSON.stringify(finished(99)) },
  ];
}

const LATE = {
  status: 'succeeded',
  message: 'late',
  exit_code: 0,
  signal: null,
  stdout: 'late\n',
  stdout_encoding: 'utf-8',
  stdout_truncated: false,
  stderr: '',
  stderr_encoding: 'utf-8',
  stderr_truncated: false,
  compile: null,
  usage: { cpu_time_ms: 1, wall_time_ms: 1, memory_peak_bytes: 1 },
  degraded: [],
};

/** @returns {Message[]} */
function poisonousWork() {
  return [
    { subject: `work.python.${randomUUID()}`, body: '{"v":1,' },
    { subject: `work.python.${randomUUID()}`, body: '{"v":1,"submission_id":"x"}' },
    { subject: `work.python.${randomUUID()}`, body: '' },
    { subject: 'work.bash.not-an-id', body: 'null' },
    // Of a version to come: it is kept for a runner that reads it, and must not stand in the way meanwhile.
    { subject: `work.bash.version-to-come`, body: '{"v":1000}' },
  ];
}

/** @param {import('./random.mjs').Random} random @returns {Message[]} */
function poisonousEvents(random) {
  const [, , event] = lateEvents(/** @type {any} */ ({ ids: [randomUUID()] }));
  return [
    { subject: 'run.finished', body: '{' },
    { subject: 'run.started', body: '[]' },
    { subject: 'run.finished', body: String(event?.body).replace('late\\n', 'nul\\u0000\\ud800') },
    { subject: 'run.finished', body: String(event?.body).slice(0, random.between(1, 200)) },
  ];
}

/** @typedef {{subject: string, body: string}} Message */

/**
 * @param {System} system
 * @param {string} user
 * @param {Message[]} messages
 * @returns how many the broker took
 */
async function publish(system, user, messages) {
  const connection = await connectAs(system.natsPort, user, system.password(user));
  try {
    const streams = jetstream(connection, { timeout: 3_000 });
    const outcomes = await Promise.allSettled(
      messages.map(({ subject, body }) => streams.publish(subject, body)),
    );
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  } finally {
    await connection.close();
  }
}
