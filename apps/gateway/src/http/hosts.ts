import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import { OPERATIONS } from '@runbin/contracts/operations';
import { Problem } from '@runbin/platform/problem';
import { Recent } from '@runbin/platform/recent';
import type { Networks } from './networks';

/** A host as requests name it: a name or an IPv4 address, or an IPv6 address in brackets; with or without a port. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i;
/** `http://host/path` as the target of a request (RFC 9112, 3.2.2). */
const ABSOLUTE_TARGET = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;
/** An IPv4 address in its IPv6 form, as URLs spell it. */
const IPV4_MAPPED = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/;

/** Probes name a server by whatever address reaches it, and learn nothing but that it works. */
const OPEN_TO_ANY_HOST: readonly string[] = [OPERATIONS.checkAlive.path, OPERATIONS.checkReady.path];

/** Of hosts that are remembered as they were spelled. */
const REMEMBERED_CHARACTERS = 64 * 1024;

/** Addresses of this machine are looked up at most so often. */
const INTERFACES_MS = 5_000;
const MAX_SHOWN_CHARACTERS = 80;

/** Where a connection arrived, and what the server is bound to. */
export interface Binding {
  readonly localAddress: string | undefined;
  /** Bound to 0.0.0.0 or ::, which is every address of the machine. */
  readonly isEveryAddress: boolean;
}

/**
 * The hosts that this server is known by. A page of a foreign name whose owner makes it resolve to our address (DNS
 * rebinding) is of one origin with us for the browser: it could read and write here, and its `Origin` would match its
 * `Host`. Only the host tells it from us. Ports are not compared: published and forwarded ports differ from the one
 * that is listened on, and no name is rebound by its port.
 */
export class Hosts {
  private readonly names: ReadonlySet<string>;
  private readonly spellings = new Recent<string>(REMEMBERED_CHARACTERS);
  private machine: { readonly at: number; readonly addresses: ReadonlySet<string> } | undefined;

  /**
   * @param named by the operator, without ports
   * @param publicUrl the address that people see
   * @param interfaces addresses of this machine
   */
  constructor(
    named: readonly string[],
    publicUrl: string | undefined,
    private readonly interfaces = addressesOfInterfaces,
  ) {
    const configured = named.map((name) => (isIP(name) === 6 ? `[${name}]` : name));
    if (publicUrl !== undefined && URL.canParse(publicUrl)) configured.push(new URL(publicUrl).host);
    this.names = new Set(['localhost', ...configured.map((host) => canonicalHost(host) ?? '')]);
  }

  /** @param host as a request names it */
  isKnown(host: string, { localAddress, isEveryAddress }: Binding): boolean {
    const name = this.spelled(host);
    if (name === undefined) return false;
    if (this.names.has(name) || name === this.spelled(hostOf(localAddress ?? ''))) return true;
    return isEveryAddress && this.addresses().has(name);
  }

  /** To read a host takes longer than all else that is checked of a request, and nearly all name the same one. */
  private spelled(host: string): string | undefined {
    const known = this.spellings.get(host);
    if (known !== undefined) return known;
    const name = canonicalHost(host);
    if (name !== undefined) this.spellings.set(host, name, host.length + name.length);
    return name;
  }

  private addresses(): ReadonlySet<string> {
    const now = performance.now();
    if (!this.machine || now - this.machine.at > INTERFACES_MS) {
      const addresses = this.interfaces().flatMap((address) => canonicalHost(hostOf(address)) ?? []);
      this.machine = { at: now, addresses: new Set(addresses) };
    }
    return this.machine.addresses;
  }
}

/** A host without its port, in the spelling of URLs; undefined: it is none. */
export function canonicalHost(host: string): string | undefined {
  const name = HOST.exec(host)?.[1]?.replace(/\.$/, '') ?? '';
  const url = `http://${name}`;
  if (name === '' || !URL.canParse(url)) return undefined;
  const { hostname } = new URL(url);
  const [, high = '', low = ''] = IPV4_MAPPED.exec(hostname) ?? [];
  if (high === '') return hostname;
  const bytes = [high, low].map((group) => Number.parseInt(group, 16));
  return bytes.flatMap((group) => [group >> 8, group & 255]).join('.');
}

/** An address of a socket or an interface as a host; '': it is none. */
function hostOf(address: string): string {
  const [plain = ''] = address.split('%', 1);
  const family = isIP(plain);
  if (family === 0) return '';
  return family === 6 ? `[${plain}]` : plain;
}

const addressesOfInterfaces = () =>
  Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address));

/**
 * Refuses requests that name another host than ours, in `Host`, in an absolute target, or as a trusted proxy heard it.
 * A request of HTTP/1.0 may name none; browsers always do.
 */
export function guardHosts(fastify: FastifyInstance, hosts: Hosts, proxies: Networks): void {
  let everywhere: boolean | undefined;
  const isEveryAddress = (): boolean => {
    const address = fastify.server.address();
    return typeof address === 'object' && ['0.0.0.0', '::'].includes(address?.address ?? '');
  };
  fastify.addHook('onRequest', ({ raw, routeOptions }, _reply, done) => {
    if (OPEN_TO_ANY_HOST.includes(routeOptions.url ?? '')) return done();
    const binding = {
      localAddress: raw.socket.localAddress,
      isEveryAddress: (everywhere ??= isEveryAddress()),
    };
    const foreign = hostsOf(raw, proxies).find((host) => !hosts.isKnown(host, binding));
    done(foreign === undefined ? undefined : misdirected(foreign));
  });
}

function hostsOf({ url = '', headers, socket }: IncomingMessage, proxies: Networks): string[] {
  const said = headers['x-forwarded-host'];
  const forwarded = said !== undefined && proxies.includes(socket.remoteAddress) ? said : undefined;
  const target = ABSOLUTE_TARGET.exec(url)?.[1];
  return [
    ...(headers.host === undefined ? [] : [headers.host]),
    ...(target === undefined ? [] : [target]),
    // What came through several proxies is a list.
    ...(forwarded === undefined ? [] : String(forwarded).split(',')).map((host) => host.trim()),
  ];
}

const misdirected = (host: string) =>
  new Problem(
    'misdirected_request',
    `This server is not known as ${JSON.stringify(host.slice(0, MAX_SHOWN_CHARACTERS))}. ` +
      'Its operator can add the name to GATEWAY_HOSTS.',
  );
