import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

export const CONFIGURED_PUBLIC_URL = Symbol('CONFIGURED_PUBLIC_URL');

/** Without configuration this machine is where people are. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** The address that people see; without configuration, localhost and the port that was really bound. */
@Injectable()
export class PublicUrl {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIGURED_PUBLIC_URL) private readonly configured: string | undefined,
  ) {}

  ofLink(code: string): string {
    return this.of(`/s/${code}`);
  }

  /** @param path on this server */
  of(path: string): string {
    return `${this.base()}${path}`;
  }

  /** The code of a link, or of its embedded page, that is at this address; undefined: it is none of ours. */
  codeIn(address: string): string | undefined {
    if (!URL.canParse(address)) return undefined;
    const { protocol, host, hostname, port, pathname } = new URL(address);
    const base = new URL(this.base());
    const isHere =
      host === base.host ||
      (this.configured === undefined && port === base.port && LOOPBACK_NAMES.includes(hostname));
    if (!isHere || protocol !== base.protocol) return undefined;
    const prefix = base.pathname.replace(/\/$/, '');
    if (!pathname.startsWith(`${prefix}/`)) return undefined;
    return /^\/(?:s|embed)\/([^/]+)$/.exec(pathname.slice(prefix.length))?.[1];
  }

  private base(): string {
    if (this.configured !== undefined) return this.configured.replace(/\/+$/, '');
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `http://localhost:${port}`;
  }
}
