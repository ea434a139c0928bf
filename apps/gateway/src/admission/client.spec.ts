import type { FastifyRequest } from 'fastify';
import { clientOf } from './client';

const request = (ip: string, headers: Record<string, string> = {}, remoteAddress = '192.0.2.9') =>
  ({ ip, headers, socket: { remoteAddress } }) as unknown as FastifyRequest;

describe('a client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::2', '0:0:0:0::/64'],
  ])('at %s is %s', (ip, id) => {
    expect(clientOf(request(ip))).toEqual({ id, isBounded: true });
  });

  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])(
    'at %s is this machine: not bounded',
    (ip) => {
      expect(clientOf(request(ip)).isBounded).toBe(false);
    },
  );

  it.each(['x-forwarded-for', 'forwarded'])('at 127.0.0.1 that sends %s is a proxy: bounded', (header) => {
    expect(clientOf(request('127.0.0.1', { [header]: 'for=192.0.2.1' }))).toEqual({
      id: '127.0.0.1',
      isBounded: true,
    });
  });

  it.each(['unknown', '', '_hidden', '192.0.2.1:80', '1.2.3'])('that a proxy calls %j is the proxy', (ip) => {
    expect(clientOf(request(ip)).id).toBe('192.0.2.9');
  });
});
