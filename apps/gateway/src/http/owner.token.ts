import { createHash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';

/** RFC 6750: the scheme in any case, then the token. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

/**
 * SHA-256, hex, of the owner token that the request carries: all that services know of it, and all that they compare.
 * @throws Problem `owner_token_missing`
 */
export const OwnerTokenSha256 = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  const token = BEARER.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    throw new Problem(
      'owner_token_missing',
      'Send the owner_token that submitCode answered: `Authorization: Bearer <owner_token>`.',
    );
  }
  return createHash('sha256').update(token).digest('hex');
});
