import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { appPageCsp } from '../http/security.headers';
import type { WebBuild, WebPage } from './web.build';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/**
 * Lets replies send files of the web build, by `sendFile`: with the encodings that were made beside them, ETag, ranges
 * and content type. It adds no route; those are the controllers'.
 */
export async function serveWebFiles(fastify: FastifyInstance, directory: string): Promise<void> {
  await fastify.register(fastifyStatic, {
    root: path.resolve(directory),
    serve: false,
    preCompressed: true,
    index: false,
    dotfiles: 'ignore',
    // The time of a build says nothing to a replica that was built apart.
    lastModified: false,
  });
}

/**
 * Answers with a page of the build. It is asked about each time: it names the files that belong to it.
 * @throws Problem `not_found` without a build
 */
export function sendWebPage(reply: FastifyReply, build: WebBuild, page: WebPage, csp = appPageCsp()): void {
  const file = `${page}.html`;
  if (!build.has(file)) {
    throw new Problem('not_found', 'This server has no pages, only the API, which /docs describes.');
  }
  void reply
    .headers({ 'content-security-policy': csp, 'cache-control': 'no-cache', vary: 'accept-encoding' })
    .sendFile(file, { cacheControl: false });
}

/**
 * Answers with a file that a page of the build loads. Its name holds a hash of what is in it.
 * @throws Problem `not_found`
 */
export function sendWebAsset(reply: FastifyReply, build: WebBuild, name: string): void {
  const file = `assets/${name}`;
  if (!build.has(file)) throw new Problem('not_found', 'The pages have no such file.');
  void reply.header('vary', 'accept-encoding').sendFile(file, { maxAge: YEAR_MS, immutable: true });
}
