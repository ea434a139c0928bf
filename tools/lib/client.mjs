import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** What a result that is not final says. */
const PENDING = new Set(['queued', 'running']);

/** The server holds an answer at most this long. */
const LONGEST_WAIT_S = 30;

/** Large bodies go out in pieces, so that a refusal that comes early is seen and the rest is never sent. */
const PIECE_BYTES = 64 * 1024;

/** The HTTP API as the tests, the hostile runner and the bench use it: keep-alive, no retries that hide anything. */
export class Client {
  #base;
  #agent = new Agent({ keepAlive: true, scheduling: 'lifo' });

  constructor(url) {
    this.#base = new URL(url);
    if (this.#base.protocol !== 'http:') throw new Error(`${url}: this client speaks http only`);
  }

  get url() {
    return this.#base.origin;
  }

  /**
   * One request, whatever it answers. `json` is serialised; `body` goes out as it is; `chunked` leaves its
   * length unsaid.
   * @throws Error when no answer came: refused, reset, or nothing within `timeoutMs` (default 60 s)
   */
  request(method, path, { json, body, chunked = false, headers = {}, timeoutMs = 60_000 } = {}) {
    const bytes = json === undefined ? body && Buffer.from(body) : Buffer.from(JSON.stringify(json));
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(new URL(path, this.#base), {
        method,
        agent: this.#agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          ...(bytes === undefined || chunked ? {} : { 'content-length': bytes.length }),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      });
      let answered = false;
      outgoing.on('response', (incoming) => {
        answered = true;
        const pieces = [];
        incoming.on('data', (piece) => pieces.push(piece));
        incoming.on('error', reject);
        incoming.on('end', () => {
          if (!outgoing.writableEnded) outgoing.destroy();
          resolve(new Answer(incoming, Buffer.concat(pieces)));
        });
      });
      // An answer that is already on its way outlives a connection that is reset under the rest of the body.
      outgoing.on('error', (error) => answered || reject(error));
      sendInPieces(outgoing, bytes, () => answered);
    });
  }

  /** submitCode. `wait` in seconds. */
  submitCode(submission, { wait, ...options } = {}) {
    const query = wait === undefined ? '' : `?wait=${wait}`;
    return this.request('POST', `/v1/submissions${query}`, { json: submission, ...options });
  }

  getResult(submissionId, { wait, ...options } = {}) {
    const query = wait === undefined ? '' : `?wait=${wait}`;
    return this.request('GET', `/v1/submissions/${submissionId}/result${query}`, options);
  }

  generateUrl(submissionId, body = {}, options = {}) {
    return this.request('POST', `/v1/submissions/${submissionId}/url`, { json: body, ...options });
  }

  getSubmission(code, options = {}) {
    return this.request('GET', `/v1/urls/${code}`, options);
  }

  /**
   * Waits until the result is final, through restarts of whatever answers.
   * @throws Error when it is not final within `timeoutMs` (default 60 s), with what was answered last
   */
  async finalResult(submissionId, { timeoutMs = 60_000 } = {}) {
    const deadline = performance.now() + timeoutMs;
    let last = 'nothing was answered';
    for (;;) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${submissionId} has no final result after ${timeoutMs} ms: ${last}`);
      const wait = Math.min(LONGEST_WAIT_S, Math.ceil(leftMs / 1000));
      const { answer, error } = await this.getResult(submissionId, { wait }).then(
        (answer) => ({ answer }),
        (error) => ({ error }),
      );
      last = answer ? answer.text.slice(0, 500) : String(error);
      if (answer?.status === 200) {
        if (!PENDING.has(answer.json.status)) return answer.json;
        continue;
      }
      if (answer?.status < 500) throw new Error(`getResult ${submissionId}: ${answer.status} ${last}`);
      await delay(250);
    }
  }

  /**
   * Submits and waits until the result is final.
   * @throws Error when the submission is refused
   */
  async run(submission, { timeoutMs = 90_000 } = {}) {
    const answer = await this.submitCode(submission, { wait: LONGEST_WAIT_S });
    if (answer.status === 200) return answer.json;
    if (answer.status !== 201) throw new Error(`submitCode: ${answer.status} ${answer.text.slice(0, 500)}`);
    return this.finalResult(answer.json.submission_id, { timeoutMs });
  }

  /** Whether /readyz is green now. */
  async isReady() {
    const answer = await this.request('GET', '/readyz', { timeoutMs: 10_000 }).catch(() => undefined);
    return answer?.status === 200;
  }

  /** @throws Error when /readyz is not green within `timeoutMs` */
  async untilReady(timeoutMs) {
    const deadline = performance.now() + timeoutMs;
    while (!(await this.isReady())) {
      if (performance.now() > deadline) throw new Error(`${this.url} is not ready after ${timeoutMs} ms`);
      await delay(100);
    }
  }

  close() {
    this.#agent.destroy();
  }
}

/** Status, headers and body of one answer. */
class Answer {
  #body;

  constructor(incoming, body) {
    this.status = incoming.statusCode;
    this.headers = incoming.headers;
    this.#body = body;
  }

  get text() {
    return this.#body.toString('utf8');
  }

  /** @throws SyntaxError when the body is not JSON */
  get json() {
    return JSON.parse(this.text);
  }
}

function sendInPieces(outgoing, bytes, isAnswered) {
  let sent = 0;
  const next = () => {
    while (bytes !== undefined && sent < bytes.length) {
      if (isAnswered() || outgoing.destroyed) return;
      const piece = bytes.subarray(sent, (sent += PIECE_BYTES));
      if (!outgoing.write(piece)) {
        outgoing.once('drain', next);
        return;
      }
    }
    outgoing.end();
  };
  next();
}

/** The bytes of a field that travels as `content` and `content_encoding`. */
export function bytesOf(content, encoding) {
  return Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
}
