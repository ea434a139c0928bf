import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** Below this a packet is a packet. */
const WORTH_COMPRESSING_BYTES = 1024;

/** Beyond this, more takes longer than it saves on the way. */
const BROTLI_QUALITY = 5;

/** What is compressed already. */
const COMPRESSED_TYPES = /^(?:application\/zip|image\/png)/;

/**
 * Answers with these, compressed as the client likes it, or with 304 when the client has it already. What is sent is
 * whole in memory, so that it counts in the budget of answers.
 */
export async function sendCompressed(
  request: FastifyRequest,
  reply: FastifyReply,
  content: string | Buffer,
): Promise<void> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  void reply.headers({ etag, vary: 'accept-encoding' });
  if (reply.statusCode === 200 && isKnown(request.headers['if-none-match'], etag)) {
    void reply.status(304).removeHeader('content-type').send();
    return;
  }
  const isWorthIt =
    bytes.length >= WORTH_COMPRESSING_BYTES &&
    !COMPRESSED_TYPES.test(String(reply.getHeader('content-type')));
  const encoding = isWorthIt ? encodingOf(request) : undefined;
  if (encoding !== undefined) void reply.header('content-encoding', encoding);
  void reply.send(encoding === undefined ? bytes : await compressed(bytes, encoding));
}

/** RFC 9110, 13.1.2: any of a list, and weakly. */
function isKnown(header: string | undefined, etag: string): boolean {
  return (header ?? '').split(',').some((known) => known.trim().replace(/^(?:W\/)?/, 'W/') === etag);
}

type ContentEncoding = 'br' | 'gzip';

function encodingOf({ headers }: FastifyRequest): ContentEncoding | undefined {
  const accepted = (headers['accept-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
    .filter(([, weight]) => !/^q=0(?:\.0*)?$/.test(weight ?? ''))
    .map(([name]) => name);
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding));
}

function compressed(bytes: Buffer, encoding: ContentEncoding): Promise<Buffer> {
  if (encoding === 'gzip') return deflate(bytes);
  return brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
