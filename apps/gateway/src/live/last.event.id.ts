import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '@runbin/platform/problem';
import { refuseUnknown } from '../http/query.pipe';
import { type Place, placeOf } from './run.place';

const LAST_EVENT_ID = 'last-event-id';

interface Asked {
  Querystring: Record<string, unknown>;
}

/**
 * Where the client is already: `Last-Event-ID`, or `?after=` from those that can not set headers. A browser that comes
 * again sends both, and the header is newer.
 */
export const After = createParamDecorator(
  (_: unknown, context: ExecutionContext): Place | 'end' | undefined => {
    const { headers, query } = context.switchToHttp().getRequest<FastifyRequest<Asked>>();
    refuseUnknown(query, ['after']);
    const [name, position] = headers[LAST_EVENT_ID]
      ? ['Last-Event-ID', headers[LAST_EVENT_ID]]
      : ['?after=', query.after];
    if (position === undefined) return undefined;
    const place = typeof position === 'string' ? placeOf(position) : undefined;
    if (!place) throw new Problem('invalid_request', `${name} must be the id of an event, like 1.17.`);
    return place;
  },
);
