import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import type { Draining } from './draining';
import { parseJsonBody } from './json.body';
import { SECURITY_HEADERS } from './security.headers';

/** The longest address of ours is below 100 characters. */
const MAX_URL_CHARACTERS = 2048;

/** A file of a link; the name is all that follows, and `fileNameIn` reads it. */
const RAW_FILE = /^\/s\/[^/%]+\/raw\/./;

/** `application/json`, alone or with charset=utf-8 in any spelling that RFC 9110 allows. */
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?$/i;

/**
 * Everything that is decided about a request before a route sees it, cheapest first, and before a byte of its
 * body is read: address, host, content type, content encoding and announced length.
 */
export function guardRequests(fastify: FastifyInstance, bodyBytes: number, draining: Draining): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(refusal(request, bodyBytes, draining));
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
    if (draining.active) void reply.header('connection', 'close');
    done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: bodyBytes },
    // An empty body is absent; whether it may be is the operation's to say.
    (_request, bytes, done) => {
      try {
        done(null, bytes.length === 0 ? undefined : parseJsonBody(bytes));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.server.on('checkContinue', (request, response) => {
    // A client that asks first is told 413 by the guard, before it sends anything.
    if (!announcesTooMuch(request, bodyBytes)) response.writeContinue();
    fastify.server.emit('request', request, response);
  });
  // Any other expectation may be ignored (RFC 9110, 10.1.1); Node would refuse it itself, past all that is decided here.
  fastify.server.on('checkExpectation', (request, response) => {
    fastify.server.emit('request', request, response);
  });
}

function refusal(request: FastifyRequest, bodyBytes: number, draining: Draining): Problem | undefined {
  const { raw } = request;
  if (draining.active) return new Problem('unavailable', 'This server is stopping; try again.');
  const hosts = raw.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1 || (hosts === 0 && raw.httpVersion === '1.1')) {
    return new Problem('invalid_request', 'A request must have exactly one Host header.');
  }
  const url = raw.url ?? '';
  if (url.length > MAX_URL_CHARACTERS) {
    return new Problem('uri_too_long', `An address may have ${MAX_URL_CHARACTERS} characters.`);
  }
  // One resource, one spelling: only the names of files, which may be anything, need escapes.
  const [path = ''] = url.split('?', 1);
  if (path.includes('%') && !RAW_FILE.test(path)) {
    return new Problem(
      'not_found',
      'There is nothing at this address; only names of files hold percent escapes here.',
    );
  }
  if (request.is404 || raw.method === 'GET' || raw.method === 'HEAD') return undefined;
  return bodyRefusal(raw, bodyBytes);
}

function bodyRefusal(raw: IncomingMessage, bodyBytes: number): Problem | undefined {
  const type = raw.headers['content-type'];
  if (type !== undefined && !JSON_TYPE.test(type)) {
    return new Problem('unsupported_media_type', 'Send the body as application/json in UTF-8.');
  }
  const encoding = raw.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return new Problem('unsupported_media_type', 'Send the body without a Content-Encoding.');
  }
  if (announcesTooMuch(raw, bodyBytes)) {
    return new Problem('body_too_large', `A body may have ${bodyBytes} bytes; this one has more.`);
  }
  return undefined;
}

function announcesTooMuch(raw: IncomingMessage, bodyBytes: number): boolean {
  return Number(raw.headers['content-length'] ?? 0) > bodyBytes;
}
