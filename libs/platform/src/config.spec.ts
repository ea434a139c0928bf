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
