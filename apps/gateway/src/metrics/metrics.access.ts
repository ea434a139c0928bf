import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Networks } from '../http/networks';

export const METRICS_FROM = Symbol('METRICS_FROM');

/** Who is told the metrics: those who ask from these networks themselves, or through a proxy that is trusted. */
@Injectable()
export class MetricsAccess {
  private readonly allowed: Networks;

  /** @param networks addresses, networks, or names of groups of them */
  constructor(@Inject(METRICS_FROM) networks: readonly string[]) {
    this.allowed = new Networks(networks);
  }

  isAllowed({ ip, headers, socket }: Pick<FastifyRequest, 'ip' | 'headers' | 'socket'>): boolean {
    // A proxy that nobody named as trusted speaks for anybody, from where it is itself.
    const speaksForOthers = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
    if (speaksForOthers && ip === socket.remoteAddress) return false;
    return this.allowed.includes(ip);
  }
}
