// @ts-check
/**
 * Dead letters: messages that could not succeed, kept in the stream DEAD for a person. Of two kinds:
 *
 * - work that a runner gave up (`work.<language>.<submission_id>`). Its submission has the visible result
 *   `internal_error`, and a final result never changes; so to replay it is to run the same program and input as a
 *   new submission of the same owner.
 * - events of a run that the result service could not store (`run.*`). To replay one is to publish it as it was;
 *   the result service takes it like any other, which is to say that the first final result stays (what could be
 *   read and not stored has left an `internal_error`).
 */
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { createHash, randomUUID } from 'node:crypto';
import { Failure } from '../failure.mjs';

const STREAM = 'DEAD';
const TIMEOUT_MS = 10_000;
const WORK = /^work\..*\.([0-9a-f-]{36})$/;
const EVENT = /^run\.(started|finished)$/;

/**
 * @typedef {object} DeadLetter
 * @property {number} sequence its number
 * @property {Date} time when it was put aside
 * @property {string} subject where the message was
 * @property {string} reason
 * @property {number} deliveries how often it had been delivered
 * @property {string} keptBy
 * @property {Buffer} message as it was
 */

export class DeadLetters {
  /** @param {import('./target.mjs').Target} target */
  constructor(target) {
    this.target = target;
  }

  /** @returns {Promise<DeadLetter[]>} the oldest first */
  list() {
    return this.#as('result', async (connection) => {
      const manager = await managerOf(connection);
      /** @type {DeadLetter[]} */
      const letters = [];
      for (let next = 1; ;) {
        const stored = await manager.streams.getMessage(STREAM, after(next));
        if (!stored) return letters;
        letters.push(letterOf(stored));
        next = stored.seq + 1;
      }
    });
  }

  /** @param {number} sequence */
  async show(sequence) {
    return this.#as('result', async (connection) => {
      const stored = await (await managerOf(connection)).streams.getMessage(STREAM, { seq: sequence });
      if (!stored) throw new Failure(`There is no dead letter ${sequence}.`);
      return letterOf(stored);
    });
  }

  /** @param {number} sequence */
  async drop(sequence) {
    await this.show(sequence);
    await this.#as('result', async (connection) => {
      await (await managerOf(connection)).streams.deleteMessage(STREAM, sequence);
    });
  }

  /**
   * Doing it again after a crash in between repeats nothing: the new submission's id follows from the letter.
   * @param {DeadLetter} letter
   * @returns {Promise<string>} what was done, in words
   */
  async replay(letter) {
    const submissionId = WORK.exec(letter.subject)?.[1];
    const done = submissionId ? await this.#runAgain(submissionId, letter) : await this.#publishAgain(letter);
    await this.drop(letter.sequence);
    return done;
  }

  /**
   * @param {string} submissionId
   * @param {DeadLetter} letter
   */
  #runAgain(submissionId, letter) {
    return this.#as('gateway', async (connection) => {
      const request = { submission_id: submissionId, repetition_id: repetitionOf(submissionId, letter) };
      const made = await call(connection, 'submission.repeat', request);
      if (!made)
        throw new Failure(
          `Submission ${submissionId} is gone: there is nothing to run. Drop ${letter.sequence}.`,
        );
      return `submission ${submissionId} is run again as ${made.submission_id}`;
    });
  }

  /** @param {DeadLetter} letter */
  #publishAgain(letter) {
    if (!EVENT.test(letter.subject)) throw new Failure(`What was on ${letter.subject} can not be replayed.`);
    return this.#as('runner', async (connection) => {
      const ack = await connection.request(letter.subject, letter.message, { timeout: TIMEOUT_MS });
      const { error } = /** @type {{error?: {description: string}}} */ (ack.json());
      if (error) throw new Failure(`The broker refused it: ${error.description}`);
      return `published on ${letter.subject} again`;
    });
  }

  /**
   * @template T
   * @param {string} user whose part it is
   * @param {(connection: import('@nats-io/transport-node').NatsConnection) => Promise<T>} work
   */
  async #as(user, work) {
    const options = this.target.broker(user);
    const connection = await connect({
      ...options,
      name: 'runbin-admin',
      inboxPrefix: `_INBOX_${options.user ?? user}`,
      reconnect: false,
    }).catch((error) => {
      throw new Failure(`The broker can not be reached; does Runbin run? (${String(error)})`);
    });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }
}

/** @param {import('@nats-io/transport-node').NatsConnection} connection */
const managerOf = (connection) => jetstreamManager(connection, { checkAPI: false, timeout: TIMEOUT_MS });

/**
 * The oldest message from this number on. The server knows such a query since 2.9; the client's type does not name it.
 * @param {number} sequence
 */
const after = (sequence) =>
  /** @type {import('@nats-io/jetstream').SeqMsgRequest} */ ({ seq: sequence, next_by_subj: '>' });

/**
 * @param {import('@nats-io/jetstream').StoredMsg} stored
 * @returns {DeadLetter}
 */
function letterOf(stored) {
  const { subject, reason, deliveries, runner_id, message } = stored.json();
  return {
    sequence: stored.seq,
    time: stored.time,
    ...{ subject, reason, deliveries, keptBy: runner_id },
    message: Buffer.from(message, 'base64'),
  };
}

/**
 * An id for the new submission that is the same each time: a UUIDv7 (RFC 9562) of the time of the letter.
 * @param {string} submissionId
 * @param {DeadLetter} letter
 */
function repetitionOf(submissionId, { sequence, time }) {
  const random = createHash('sha256').update(`${submissionId}:${sequence}`).digest('hex');
  const variant = '89ab'[parseInt(random.slice(3, 4), 16) % 4];
  const milliseconds = time.getTime().toString(16).padStart(12, '0');
  return [
    milliseconds.slice(0, 8),
    milliseconds.slice(8),
    `7${random.slice(0, 3)}`,
    `${variant}${random.slice(4, 7)}`,
    random.slice(7, 19),
  ].join('-');
}

/**
 * Calls an operation of a service as Nest's NATS transport does.
 * @param {import('@nats-io/transport-node').NatsConnection} connection
 * @param {string} subject
 * @param {object} data
 */
async function call(connection, subject, data) {
  const request = JSON.stringify({ pattern: subject, data, id: randomUUID() });
  const reply = await connection.request(subject, request, { timeout: TIMEOUT_MS }).catch((error) => {
    throw new Failure(`The ${subject.split('.')[0]} service does not answer (${String(error)}).`);
  });
  const { err, response } = /** @type {any} */ (reply.json());
  if (err) throw new Failure(`${subject}: ${err.detail ?? JSON.stringify(err)}`);
  return response ?? null;
}
