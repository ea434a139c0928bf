import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './config';
import { configDocument } from './config.document';

const DOCUMENT = join(__dirname, '../../../docs/configuration.md');

describe('loadConfig', () => {
  it('fills defaults and types', () => {
    expect(loadConfig('gateway', { PORT: '8080' })).toMatchObject({
      PORT: 8080,
      GATEWAY_BODY_BYTES: 4 * 1024 * 1024,
    });
  });

  it('takes an empty value for one that is not set', () => {
    expect(loadConfig('gateway', { PORT: '', GATEWAY_PUBLIC_URL: '' })).toMatchObject({
      PORT: 3000,
      GATEWAY_PUBLIC_URL: undefined,
    });
  });

  it('names every bad and missing variable at once', () => {
    const load = () => loadConfig('url', { LOG_LEVEL: 'loud', HEALTH_PORT: '70000' });
    expect(load).toThrow(ConfigError);
    for (const name of [
      'LOG_LEVEL="loud"',
      'HEALTH_PORT="70000"',
      'DATABASE_URL is not set',
      'URL_HASHIDS_SALT is not set',
    ]) {
      expect(load).toThrow(name);
    }
  });

  it.each(['-1', 'NaN', '1.5', 'many', '0x10000000000'])('refuses %s permits', (RUNNER_PERMITS) => {
    expect(() => loadConfig('runner', { RUNNER_PERMITS })).toThrow('RUNNER_PERMITS');
  });

  it.each([
    ['GATEWAY_HOSTS', 'https://runbin.example'],
    ['GATEWAY_HOSTS', 'runbin.example:3000'],
    ['GATEWAY_HOSTS', 'runbin.example/run'],
    ['GATEWAY_HOSTS', '*'],
    ['GATEWAY_PUBLIC_URL', 'runbin.example'],
    ['GATEWAY_PUBLIC_URL', 'ftp://runbin.example'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => loadConfig('gateway', { [name]: value })).toThrow(`${name}=${JSON.stringify(value)}`);
  });

  it('reads hosts', () => {
    const hosts = ['runbin.example.', 'gateway', '192.168.1.7', '::1', '[fd00::7]'];
    expect(loadConfig('gateway', { GATEWAY_HOSTS: hosts.join(', ') }).GATEWAY_HOSTS).toEqual(hosts);
  });

  it('reads lists', () => {
    expect(loadConfig('runner', { RUNNER_LANGUAGES: 'python, c,' }).RUNNER_LANGUAGES).toEqual([
      'python',
      'c',
    ]);
  });
});

it('docs/configuration.md says what the code reads (npm run docs:config writes it)', () => {
  if (process.env.UPDATE_DOCS) writeFileSync(DOCUMENT, configDocument());
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(configDocument());
});
