// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DATABASE_APPS, APPS } from './apps.mjs';
import { Failure } from './failure.mjs';

/**
 * @typedef {object} Secrets
 * @property {Record<string, string>} postgres password per database, which is also its role
 * @property {Record<string, string>} nats password per user, which is an app
 * @property {string} urlHashidsSalt
 */

/**
 * Letters and digits only, a letter first: it needs no quoting in a URL, in SQL, or in nats.conf, where a word
 * that begins like a number would be read as one.
 */
export function randomSecret() {
  return `s${randomBytes(24).toString('hex')}`;
}

/**
 * The secrets of a data directory: made once, then kept, readable by their owner only.
 * @param {string} dataDir
 * @returns {Secrets}
 */
export function loadSecrets(dataDir) {
  const file = path.join(dataDir, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  if (existsSync(path.join(dataDir, 'postgres'))) {
    throw new Failure(
      `${dataDir} holds databases but not the secrets.json that opens them. Put it back, or start with an empty RUNBIN_DATA_DIR.`,
    );
  }
  const secrets = {
    postgres: Object.fromEntries(DATABASE_APPS.map((app) => [app, randomSecret()])),
    nats: Object.fromEntries(APPS.map((app) => [app, randomSecret()])),
    urlHashidsSalt: randomSecret(),
  };
  saveSecrets(dataDir, secrets);
  return secrets;
}

/**
 * @param {string} dataDir
 * @param {Secrets} secrets
 */
export function saveSecrets(dataDir, secrets) {
  const file = path.join(dataDir, 'secrets.json');
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
