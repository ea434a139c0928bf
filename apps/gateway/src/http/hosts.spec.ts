import { Hosts } from './hosts';

const MACHINE = ['127.0.0.1', '::1', '10.1.2.3', 'fe80::1', 'fd00::7'];

describe('the hosts of a server', () => {
  const hosts = new Hosts(
    ['Runbin.Example.org.', 'gateway', '192.168.7.7', 'fd00::0:9', '[fd00::a]'],
    'https://public.example:8443/run',
    () => MACHINE,
  );
  const atLoopback = { localAddress: '127.0.0.1', isEveryAddress: false };
  const everywhere = { localAddress: '::ffff:172.18.0.2', isEveryAddress: true };

  it.each([
    'localhost',
    'localhost:3000',
    'LocalHost:8080',
    'localhost.',
    'localhost:',
    '127.0.0.1',
    '127.0.0.1:3000',
    '127.0.0.1:65535',
    'public.example',
    'PUBLIC.example:8443',
    'public.example.:80',
    'runbin.example.org:1',
    'gateway:3000',
    '192.168.7.7:3000',
    '[fd00::9]:3000',
    '[FD00:0:0:0:0:0:0:9]',
    '[fd00::a]:3000',
  ])('bound to one address, it is known as %s', (host) => {
    expect(hosts.isKnown(host, atLoopback)).toBe(true);
  });

  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'evil.localhost',
    'evil.example#localhost',
    'localhost@evil.example',
    'evil.example@localhost',
    'localhost/evil',
    'localhost\\evil',
    'localhost?',
    'localhost:80:80',
    'localhost:http',
    'localhost:655360',
    'localhost..',
    'local host',
    'löcalhost',
    'public.example.evil.example',
    'sub.public.example',
    'public.example, localhost',
    '0.0.0.0',
    '10.1.2.3',
    '127.0.0.1.evil.example',
    '[::1]',
    '[::1',
    '::1',
    '[]',
    '.',
    '',
  ])('bound to one address, it is not known as %j', (host) => {
    expect(hosts.isKnown(host, atLoopback)).toBe(false);
  });

  it.each([
    '127.0.0.1:8080',
    '[::1]:3000',
    '10.1.2.3',
    '[fe80::1]',
    '[fd00:0::7]:1',
    '[::ffff:10.1.2.3]',
    // Where the connection arrived, though no interface says so.
    '172.18.0.2:3000',
  ])('bound to every address, it is known as %s', (host) => {
    expect(hosts.isKnown(host, everywhere)).toBe(true);
  });

  it.each(['10.1.2.4', '0.0.0.0', '[::]', '[fe80::2]', 'evil.example'])(
    'bound to every address, it is not known as %s',
    (host) => {
      expect(hosts.isKnown(host, everywhere)).toBe(false);
    },
  );

  it('knows the address of the connection in its own family and spelling', () => {
    const known = (localAddress: string | undefined, host: string) =>
      hosts.isKnown(host, { localAddress, isEveryAddress: false });
    expect(known('fe80::2%eth0', '[fe80::2]:3000')).toBe(true);
    expect(known('::ffff:10.9.9.9', '10.9.9.9')).toBe(true);
    expect(known('10.9.9.9', '[::ffff:10.9.9.9]')).toBe(true);
    expect(known('10.9.9.9', '10.9.9.8')).toBe(false);
    expect(known(undefined, '10.9.9.9')).toBe(false);
  });

  it('is known by no public name where none is configured', () => {
    const plain = new Hosts([], undefined, () => MACHINE);
    expect(['localhost', 'public.example'].map((host) => plain.isKnown(host, atLoopback))).toEqual([
      true,
      false,
    ]);
  });
});
