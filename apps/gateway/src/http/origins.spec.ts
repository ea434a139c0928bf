import { Origins } from './origins';

describe('an origin', () => {
  const origins = new Origins(['https://friend.example'], 'https://runbin.example/');

  it.each([
    ['https://runbin.example', 'internal:3000'],
    ['http://127.0.0.1:3000', '127.0.0.1:3000'],
    ['https://other.example', 'other.example'],
    ['https://other.example', 'other.example:443'],
    ['http://[::1]:3000', '[::1]:3000'],
  ])('%s is our own at %s', (origin, host) => {
    expect(origins.isOwn(origin, host)).toBe(true);
  });

  it.each([
    ['https://evil.example', '127.0.0.1:3000'],
    ['http://127.0.0.1:3000.evil.example', '127.0.0.1:3000'],
    ['http://127.0.0.1:3001', '127.0.0.1:3000'],
    ['http://127.0.0.1', '127.0.0.1:3000'],
    ['https://runbin.example.evil.example', 'internal'],
    ['https://friend.example', '127.0.0.1:3000'],
    ['null', '127.0.0.1:3000'],
    ['null', 'null'],
    ['', ''],
    ['file://', ''],
    ['https://evil.example', undefined],
  ])('%s is not at %s', (origin, host) => {
    expect(origins.isOwn(origin, host)).toBe(false);
  });

  it('is named as it is spelt, or by a star, and never without a name', () => {
    expect(origins.isNamed('https://friend.example')).toBe(true);
    for (const other of [
      'http://friend.example',
      'https://friend.example:8443',
      'https://a.friend.example',
      'null',
      '',
    ])
      expect(origins.isNamed(other)).toBe(false);
    const open = new Origins(['*'], undefined);
    expect([open.isNamed('https://any.example'), open.isNamed('null')]).toEqual([true, false]);
    expect([open.readableBy('https://any.example'), origins.readableBy('https://friend.example')]).toEqual([
      '*',
      'https://friend.example',
    ]);
  });
});
