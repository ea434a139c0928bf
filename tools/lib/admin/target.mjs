// @ts-check
/**
 * The Runbin that a person looks after: `npm start`'s on RUNBIN_DATA_DIR, or this folder's compose project. Its
 * databases and its broker are reached as its own services reach them, with their passwords.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { DATABASE_APPS } from '../apps.mjs';
import { outputOf } from '../command.mjs';
import { DataDir } from '../data.dir.mjs';
import { ENV_FILE } from '../env.file.mjs';
import { Failure } from '../failure.mjs';
import { loadSecrets, saveSecrets } from '../secrets.mjs';

/**
 * @typedef {object} Target
 * @property {Record<string, string>} databases connection URL by app
 * @property {(user: string) => {servers: string, user?: string, pass?: string}} broker as that service logs in
 * @property {string} salt of link codes
 * @property {(salt: string) => string} keepSalt makes the next start use this salt; answers what a person does for it
 */

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Target}
 */
export function localTarget(environment) {
  const dataDir = new DataDir(environment.RUNBIN_DATA_DIR || '.data');
  const addresses = dataDir.addresses;
  if (!addresses) throw new Failure(`Runbin does not run on ${dataDir.path}. Start it: npm start`);
  const secrets = loadSecrets(dataDir.path);
  const { NATS_URL, NATS_USER, NATS_PASSWORD, URL_HASHIDS_SALT } = environment;
  return {
    databases: byApp(
      (app) => `postgres://${app}:${secrets.postgres[app]}@127.0.0.1:${addresses.postgresPort}/${app}`,
    ),
    broker: (user) =>
      NATS_URL
        ? { servers: NATS_URL, user: NATS_USER, pass: NATS_PASSWORD }
        : { servers: `127.0.0.1:${addresses.natsPort}`, user, pass: secrets.nats[user] },
    salt: URL_HASHIDS_SALT || secrets.urlHashidsSalt,
    keepSalt: (salt) => {
      saveSecrets(dataDir.path, { ...secrets, urlHashidsSalt: salt });
      return 'Stop Runbin and start it again (npm start): links open with the salt of the backup from then on.';
    },
  };
}

/**
 * Containers are reached at their own addresses, which exist on the machine that they run on and nowhere else.
 * @returns {Target}
 */
export function composeTarget() {
  if (!existsSync(ENV_FILE)) throw new Failure('There is no .env here: this folder runs no compose project.');
  const text = readFileSync(ENV_FILE, 'utf8');
  const env = { ...parseEnv(text), ...process.env };
  return {
    databases: byApp(
      (app) =>
        `postgres://${app}:${env[`${app.toUpperCase()}_DB_PASSWORD`]}@${addressOf(`${app}-db`)}:5432/${app}`,
    ),
    broker: (user) => ({
      servers: `${addressOf('nats')}:4222`,
      user,
      pass: env[`NATS_${user.toUpperCase()}_PASSWORD`],
    }),
    salt: env.URL_HASHIDS_SALT ?? '',
    keepSalt: (salt) => {
      const changed = text.replace(/^URL_HASHIDS_SALT=.*$/m, () => `URL_HASHIDS_SALT=${salt}`);
      writeFileSync(`${ENV_FILE}.new`, changed, { mode: 0o600 });
      renameSync(`${ENV_FILE}.new`, ENV_FILE);
      return 'Run `docker compose up --detach --wait url`: links open with the salt of the backup from then on.';
    },
  };
}

/** @param {(app: string) => string} valueOf */
const byApp = (valueOf) => Object.fromEntries(DATABASE_APPS.map((app) => [app, valueOf(app)]));

/** @param {string} service of docker-compose.yml */
function addressOf(service) {
  const [container] = outputOf('docker', ['compose', 'ps', '--quiet', service]).split('\n');
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
  const [address] = container
    ? outputOf('docker', ['inspect', '--format', format, container]).split(' ')
    : [];
  if (!address)
    throw new Failure(`${service} does not run here. Start it: docker compose up --detach ${service}`);
  return address;
}
