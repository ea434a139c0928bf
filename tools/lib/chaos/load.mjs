// @ts-check
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../client.mjs';
import { noteReading, noteResult } from './ledger.mjs';
import { randomProgram } from './programs.mjs';

/** A client that has no answer by then lets its request go. */
const REQUEST_TIMEOUT_MS = 12_000;
const LONG_POLL_S = 10;
/** How long a client asks again before it gives a submission up. */
const SUBMIT_PATIENCE_MS = 60_000;
const MAX_IN_FLIGHT = 300;
const RETRY_MS = { least: 100, most: 1_000 };

/** Refused because of what it is: asking again changes nothing. */
const isRefusal = (/** @type {number} */ status) =>
  status >= 400 && status < 500 && ![408, 409, 429].includes(status);

/** Clients as they should be: they ask again, say that they do, and go to another gateway when one is away. */
export class Load {
  /**
   * @param {string[]} urls
   * @param {import('./ledger.mjs').Ledger} ledger
   * @param {import('./random.mjs').Random} random
   * @param {{perSecond: number, marker: string}} options
   */
  constructor(urls, ledger, random, { perSecond, marker }) {
    this.clients = urls.map((url) => new Client(url));
    this.ledger = ledger;
    this.random = random;
    this.perSecond = perSecond;
    this.marker = marker;
    this.stopping = new AbortController();
    /** @type {Set<Promise<void>>} */
    this.inFlight = new Set();
    /** Links that were made, and what they lead to. @type {Map<string, import('./ledger.mjs').LedgerEntry>} */
    this.links = new Map();
    this.count = 0;
    this.requests = { answered: 0, unavailable: 0, broken: 0 };
    this.running = Promise.resolve();
    this.isAbandoned = false;
  }

  start() {
    this.running = this.run();
  }

  /** Nothing new is submitted; returns when all clients are done or have given up. */
  async stop() {
    this.stopping.abort();
    await this.running;
    await Promise.all(this.inFlight);
  }

  /** Every client gives up. */
  abandon() {
    this.stopping.abort();
    this.isAbandoned = true;
    this.close();
  }

  close() {
    for (const client of this.clients) client.close();
  }

  /**
   * Submits one program and sees it through, as far as `patienceMs` goes: as a client of its own, whom the queue of
   * all others does not hold up for longer than its turn.
   * @param {import('./programs.mjs').Program} program
   * @param {string} nonce
   * @param {number} patienceMs
   */
  async runOnce(program, nonce, patienceMs) {
    const entry = this.ledger.open(nonce, program);
    const deadline = performance.now() + patienceMs;
    await this.submit(entry, this.random.fork(nonce), deadline, { 'X-Forwarded-For': addressOf(nonce) });
    while (entry.outcome === 'ok' && entry.finals.length === 0 && performance.now() < deadline)
      await this.read(entry, {
        wait: Math.max(1, Math.min(LONG_POLL_S, (deadline - performance.now()) / 1000)),
      });
    return entry;
  }

  /**
   * Reads a result from any gateway.
   * @param {import('./ledger.mjs').LedgerEntry} entry
   * @param {{wait?: number}} [options]
   * @returns {Promise<boolean>} whether it is final
   */
  async read(entry, { wait } = {}) {
    const [id] = entry.ids;
    if (id === undefined) return false;
    const options = {
      timeoutMs: REQUEST_TIMEOUT_MS + (wait ?? 0) * 1000,
      ...(wait && { wait: Math.floor(wait) }),
    };
    const answer = await this.ask((client) => client.getResult(id, options));
    if (answer && noteReading(entry, answer)) return true;
    if (answer?.status !== 200) await delay(RETRY_MS.least);
    return false;
  }

  /** Opens a link. @returns whether it showed what it leads to @param {string} code */
  async open(code) {
    const entry = this.links.get(code);
    const answer = await this.ask((client) => client.getSubmission(code, { timeoutMs: REQUEST_TIMEOUT_MS }));
    if (!entry || answer?.status !== 200) return answer !== undefined && answer.status >= 500;
    const { submission, result } = /** @type {any} */ (answer.json);
    if (result) noteResult(entry, result);
    return submission.code === /** @type {any} */ (entry.program.submission).code;
  }

  /** @private */
  async run() {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const random = this.random.fork(this.count++);
      if (this.inFlight.size < MAX_IN_FLIGHT) {
        const client = this.behave(`n${this.count}x${random.between(0, 2 ** 30).toString(36)}`, random);
        this.inFlight.add(client);
        void client.finally(() => this.inFlight.delete(client));
      }
      const pauseMs = (random.fraction() * 2_000) / this.perSecond;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @private @param {string} nonce @param {import('./random.mjs').Random} random */
  async behave(nonce, random) {
    const entry = this.ledger.open(nonce, randomProgram(random, nonce, this.marker));
    await this.submit(entry, random, performance.now() + SUBMIT_PATIENCE_MS);
    if (entry.outcome !== 'ok') return;
    const waits = random.chance(0.5);
    for (let round = 0; round < 20 && !this.stopping.signal.aborted; round++) {
      if (!waits) await delay(random.between(200, 1_000));
      if (await this.read(entry, waits ? { wait: LONG_POLL_S } : {})) break;
    }
    if (random.chance(0.3)) await this.share(entry);
  }

  /**
   * @private
   * @param {import('./ledger.mjs').LedgerEntry} entry
   * @param {import('./random.mjs').Random} random
   * @param {number} deadline
   * @param {Record<string, string>} [from] whom else than us
   */
  async submit(entry, random, deadline, from) {
    const headers = { 'Idempotency-Key': entry.nonce, ...from };
    const options = { headers, timeoutMs: REQUEST_TIMEOUT_MS, ...(random.chance(0.2) && { wait: 5 }) };
    let maybe = false;
    for (;;) {
      const answer = await this.ask((client) => client.submitCode(entry.program.submission, options));
      if (answer?.status === 201 || answer?.status === 200)
        return accepted(entry, /** @type {any} */ (answer.json));
      if (answer && isRefusal(answer.status)) {
        entry.outcome = maybe ? 'unknown' : 'fail';
        return;
      }
      maybe ||= !answer || !saysNotTaken(answer);
      if (performance.now() > deadline || this.isAbandoned) {
        entry.outcome = maybe ? 'unknown' : 'fail';
        return;
      }
      await delay(random.between(RETRY_MS.least, RETRY_MS.most));
    }
  }

  /** @private @param {import('./ledger.mjs').LedgerEntry} entry */
  async share(entry) {
    const [id] = entry.ids;
    const made = await this.ask((client) =>
      client.generateUrl(/** @type {string} */ (id), {}, { timeoutMs: REQUEST_TIMEOUT_MS }),
    );
    if (made?.status !== 200 && made?.status !== 201) return;
    const { code } = /** @type {any} */ (made.json);
    this.links.set(code, entry);
    await this.open(code);
  }

  /**
   * One request to some gateway; undefined when no answer came.
   * @private
   * @param {(client: Client) => Promise<import('../client.mjs').Answer>} request
   */
  async ask(request) {
    try {
      const answer = await request(
        /** @type {Client} */ (this.clients[Math.floor(Math.random() * this.clients.length)]),
      );
      this.requests[answer.status >= 500 || answer.status === 429 ? 'unavailable' : 'answered']++;
      return answer;
    } catch {
      this.requests.broken++;
      return undefined;
    }
  }
}

/**
 * @param {import('./ledger.mjs').LedgerEntry} entry
 * @param {any} answer
 */
function accepted(entry, answer) {
  entry.outcome = 'ok';
  if (!entry.ids.includes(answer.submission_id)) entry.ids.push(answer.submission_id);
  noteResult(entry, answer);
}

/**
 * Whether a refusal says that nothing was taken: told to come later, and not merely left without an answer from behind.
 * @param {import('../client.mjs').Answer} answer
 */
function saysNotTaken(answer) {
  if (answer.status !== 429 && answer.status !== 503) return false;
  try {
    return /** @type {any} */ (answer.json).code !== 'unavailable';
  } catch {
    return false;
  }
}

/** Of a client that has this name; for tests, by RFC 2544. @param {string} name */
function addressOf(name) {
  const [third, fourth] = createHash('sha256').update(name).digest();
  return `198.18.${third}.${fourth}`;
}
