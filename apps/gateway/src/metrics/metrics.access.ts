import { BlockList, isIP } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

export const METRICS_FROM = Symbol('METRICS_FROM');

/** What the names of groups of addresses stand for. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Who is told the metrics: those who ask from these networks themselves, or through a proxy that is trusted. */
@Injectable()
export class MetricsAccess {
  private readonly allowed = new BlockList();

  /** @param networks addresses, networks, or names of groups of them */
  constructor(@Inject(METRICS_FROM) networks: readonly string[]) {
    for (const network of networks.flatMap((entry) => GROUPS[entry] ?? [entry])) {
      const [address = '', bits] = network.split('/');
      this.allowed.addSubnet(address, Number(bits ?? (isIP(address) === 6 ? 128 : 32)), familyOf(address));
    }
  }

  isAllowed({ ip, headers, socket }: Pick<FastifyRequest, 'ip' | 'headers' | 'socket'>): boolean {
    // A proxy that nobody named as trusted speaks for anybody, from where it is itself.
    const speaksForOthers = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
    if (speaksForOthers && ip === socket.remoteAddress) return false;
    return isIP(ip) > 0 && this.allowed.check(ip, familyOf(ip));
  }
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
