import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

export const CONFIGURED_PUBLIC_URL = Symbol('CONFIGURED_PUBLIC_URL');

/** The address that people see; without configuration, localhost and the port that was really bound. */
@Injectable()
export class PublicUrl {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIGURED_PUBLIC_URL) private readonly configured: string | undefined,
  ) {}

  ofLink(code: string): string {
    return `${this.base()}/s/${code}`;
  }

  private base(): string {
    if (this.configured !== undefined) return this.configured.replace(/\/+$/, '');
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `http://localhost:${port}`;
  }
}
