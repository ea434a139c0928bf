import { isIP } from 'node:net';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** Who sends a request, as far as it can be told without accounts. */
export interface Client {
  /** An IPv4 address, or the /64 network of an IPv6 address: one subscriber has all of it. */
  readonly id: string;
  /** False for programs on this machine: whoever starts them can do as they like anyway. */
  readonly isBounded: boolean;
}

const IPV4_MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The client as the nearest trusted proxy sees it (GATEWAY_TRUSTED_PROXIES); what anybody else says of whom they
 * speak for is not heard. A proxy on this machine that nobody named as trusted is bounded like one client, since
 * otherwise all behind it would be unbounded.
 */
export function clientOf({ ip, headers, socket }: FastifyRequest): Client {
  // A trusted proxy may hand on anything as an address.
  const address = isIP(ip) > 0 ? ip : (socket.remoteAddress ?? '');
  const speaksForOthers = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  const { id, isBounded } = clientAt(address);
  return { id, isBounded: speaksForOthers || isBounded };
}

/** The client at an address, who speaks for itself. */
export function clientAt(address: string): Client {
  const plain = IPV4_MAPPED.exec(address)?.[1] ?? address;
  const isLocal = plain === '::1' || plain.startsWith('127.');
  return { id: isIP(plain) === 6 ? networkOf(plain) : plain, isBounded: !isLocal };
}

/** `2001:db8::1` → `2001:db8:0:0::/64` */
function networkOf(address: string): string {
  const [before = '', after] = (address.split('%', 1)[0] ?? '').split('::');
  const groups = before.split(':').filter((group) => group !== '');
  // What `::` stands for begins here; its length does not matter unless it ends within the first four.
  const tail = (after ?? '').split(':').filter((group) => group !== '');
  while (after !== undefined && groups.length + tail.length < 8) groups.push('0');
  const network = [...groups, ...tail].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

/** The client of a request, as a handler's parameter. */
export const RequestClient = createParamDecorator((_: unknown, context: ExecutionContext): Client =>
  clientOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
