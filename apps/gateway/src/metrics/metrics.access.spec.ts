import type { FastifyRequest } from 'fastify';
import { MetricsAccess } from './metrics.access';

type Asked = Pick<FastifyRequest, 'ip' | 'headers' | 'socket'>;

/** @param ip as the nearest trusted proxy sees it, who asks from `from` */
const asked = (ip: string, { from = ip, headers = {} }: { from?: string; headers?: object } = {}) =>
  ({ ip, headers, socket: { remoteAddress: from } }) as unknown as Asked;
const FORWARDED = { 'x-forwarded-for': '127.0.0.1' };

const allows = (networks: string[], request: Asked) => new MetricsAccess(networks).isAllowed(request);

it.each<[string[], string, boolean]>([
  [['loopback'], '127.0.0.1', true],
  [['loopback'], '::1', true],
  [['loopback'], '::ffff:127.0.0.1', true],
  [['loopback'], '10.0.0.1', false],
  [['loopback'], '::ffff:10.0.0.1', false],
  [['10.1.0.0/16', '2001:db8::7'], '10.1.255.3', true],
  [['10.1.0.0/16', '2001:db8::7'], '10.2.0.1', false],
  [['10.1.0.0/16', '2001:db8::7'], '2001:db8::7', true],
  [['10.1.0.0/16', '2001:db8::7'], '2001:db8::8', false],
  [['10.1.0.0/16'], '127.0.0.1', false],
  [['uniquelocal'], '192.168.3.4', true],
  [['uniquelocal'], 'fd00::1', true],
  [['linklocal'], '169.254.1.1', true],
  [['loopback'], 'nonsense', false],
])('%j: asked from %s, answers %s', (networks, ip, answer) => {
  expect(allows(networks, asked(ip))).toBe(answer);
});

it('is told nothing by a proxy on the machine that nobody trusts: it speaks for strangers', () => {
  expect(allows(['loopback'], asked('127.0.0.1', { headers: FORWARDED }))).toBe(false);
  expect(allows(['loopback'], asked('127.0.0.1', { headers: { forwarded: 'for=127.0.0.1' } }))).toBe(false);
});

it('goes by whom a trusted proxy speaks for', () => {
  const through = (ip: string) => asked(ip, { from: '10.0.0.9', headers: FORWARDED });
  expect(allows(['192.0.2.0/24'], through('192.0.2.5'))).toBe(true);
  expect(allows(['10.0.0.9'], through('192.0.2.5'))).toBe(false);
});
