import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendCompressed } from '../http/compressed';
import { attachment } from '../http/disposition';

/** Whatever it holds, nothing of it is run, and nothing else is loaded. */
const DOWNLOAD_CSP = "default-src 'none'; frame-ancestors 'none'; sandbox";

export interface Download {
  readonly bytes: Buffer;
  /** As it is to be called; anything. */
  readonly name: string;
  readonly mediaType: 'text/plain; charset=utf-8' | 'application/octet-stream' | 'application/zip';
}

/** Answers with bytes of a stranger's, as a file to keep. */
export async function sendDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  { bytes, name, mediaType }: Download,
): Promise<void> {
  void reply.headers({
    'content-type': mediaType,
    'content-disposition': attachment(name),
    'content-security-policy': DOWNLOAD_CSP,
    'cache-control': 'private, no-cache',
    'x-robots-tag': 'noindex',
  });
  await sendCompressed(request, reply, bytes);
}
