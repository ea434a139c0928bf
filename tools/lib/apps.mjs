// @ts-check

/** The services, each a folder of apps/ and a user of NATS. */
export const APPS = ['gateway', 'submission', 'result', 'url', 'runner'];

/** Those that own a database. The runner stands beside strangers' code and gets none. */
export const DATABASE_APPS = ['submission', 'result', 'url'];

/** Variables without an app's prefix that every service takes from the environment of `npm start`. */
const SHARED = ['LOG_LEVEL', 'SHUTDOWN_GRACE_MS', 'LANGUAGES_DIR'];
const DATABASE_SHARED = ['DATABASE_POOL_SIZE', 'DATABASE_STATEMENT_TIMEOUT_MS'];

/**
 * The part of an environment that is meant for one app: variables carry their app's name in front, `PORT` is
 * the gateway's, and the shared ones are few. Nothing else reaches a service.
 * @param {string} app
 * @param {NodeJS.ProcessEnv} environment
 */
export function environmentFor(app, environment) {
  const shared = DATABASE_APPS.includes(app) ? [...SHARED, ...DATABASE_SHARED] : SHARED;
  const wanted = (/** @type {string} */ name) =>
    name.startsWith(`${app.toUpperCase()}_`) ||
    shared.includes(name) ||
    (app === 'gateway' && name === 'PORT');
  return Object.fromEntries(Object.entries(environment).filter(([name]) => wanted(name)));
}
