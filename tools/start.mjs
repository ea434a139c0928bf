// @ts-check
/**
 * `npm start`: everything on one machine, with no Docker and no configuration.
 *
 * Installs and builds what is missing, starts an embedded PostgreSQL, a nats-server and the services as child
 * processes, prints the address once the gateway's /readyz is green, and stops all of it on Ctrl-C. Data, and
 * the secrets made for it, live in RUNBIN_DATA_DIR. A child that ends is started again; when we are killed
 * outright the children end by themselves (supervised.process.mjs), and the next start clears up what did not.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { APPS, DATABASE_APPS } from './lib/apps.mjs';
import { endCommands } from './lib/command.mjs';
import { DataDir } from './lib/data.dir.mjs';
import { Failure, runTool } from './lib/failure.mjs';
import { chooseAddress, offeredLanguages, untilReady } from './lib/gateway.mjs';
import { missingLanguages } from './lib/language.folders.mjs';
import { natsReady, natsSpec } from './lib/nats.mjs';
import { installPackages, START_PACKAGES } from './lib/packages.mjs';
import { freePort } from './lib/ports.mjs';
import { EmbeddedPostgres } from './lib/postgres.mjs';
import { ProcessGroup } from './lib/process.group.mjs';
import { seconds, step } from './lib/progress.mjs';
import { loadSecrets } from './lib/secrets.mjs';
import { serviceSpec } from './lib/services.mjs';
import { removeRunnerPlaces } from './lib/runner.places.mjs';
import { prepareToolchains } from './lib/toolchains.mjs';
import { giveTo, isRoot, UIDS } from './lib/unprivileged.mjs';
import { build, checkNode, installDependencies } from './lib/workspace.mjs';

/** Two signals within it are one. */
const SAME_SIGNAL_MS = 1_000;

const startedAt = performance.now();
/** Undoes what was made for the services outside of the data directory. @type {(() => void)[]} */
const cleanUps = [];
/** Aborted with a Failure when a part can not run, without one when a person wants it to stop. */
const stopping = new AbortController();
const group = new ProcessGroup((problem) => stopping.abort(new Failure(problem)));

await runTool(async () => {
  stopOnSignals();
  try {
    checkNode();
    // What we install and build is to be read by users who are not root.
    if (isRoot()) process.umask(0o022);
    await run(new DataDir(process.env.RUNBIN_DATA_DIR || '.data'));
  } catch (error) {
    // Whatever fails after the order to stop fails because of it.
    if (!stopping.signal.aborted) throw error;
  }
  if (stopping.signal.reason instanceof Failure) throw stopping.signal.reason;
  process.exit(0);
});

/** Brings everything that is missing into this clone and onto this machine. */
async function prepare() {
  await installPackages(START_PACKAGES.filter((wanted) => !wanted.isThere()).map(({ name }) => name));
  await prepareToolchains();
  await installDependencies();
  await build();
}

/**
 * Runs all parts until we are told to stop.
 * @param {DataDir} dataDir
 */
async function run(dataDir) {
  const release = dataDir.claim();
  group.onChange = (running) => dataDir.note(running);
  try {
    // What is left of an earlier start may still hold the port.
    await dataDir.endLeftovers();
    const address = await chooseAddress(process.env);
    await prepare();
    await startAll(dataDir, address.port);
    await step('starting the services', () => untilReady(address.local, stopping.signal));
    await announce(address);
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    await group.stop();
    for (const cleanUp of cleanUps) cleanUp();
    release();
  }
}

/**
 * Starts the database and the broker, then the services.
 * @param {DataDir} owned
 * @param {number} port the gateway's
 */
async function startAll(owned, port) {
  const dataDir = realpathSync(owned.path);
  const secrets = loadSecrets(dataDir);
  const postgres = new EmbeddedPostgres(dataDir, await freePort(), secrets.postgres);
  if (!postgres.isInitialised) await step('making the databases', () => postgres.initialise());
  const natsPort = await freePort();
  owned.noteAddresses({ postgresPort: postgres.port, natsPort });
  // A broker of the person's own is used as it is, with the user that they name.
  const { NATS_URL, NATS_USER, NATS_PASSWORD, RUNBIN_NATS_MONITOR_PORT } = process.env;

  await step('starting database and broker', async () => {
    group.start('last', postgres.spec);
    if (!NATS_URL) group.start('last', natsSpec(dataDir, natsPort, secrets.nats, RUNBIN_NATS_MONITOR_PORT));
    await Promise.all([postgres.ready(stopping.signal), NATS_URL || natsReady(natsPort, stopping.signal)]);
  });
  if (isRoot()) giveTo(path.join(dataDir, 'artifacts'), /** @type {number} */ (UIDS.runner));
  for (const app of APPS) {
    const broker = NATS_URL
      ? { NATS_URL, NATS_USER, NATS_PASSWORD }
      : { NATS_URL: `nats://127.0.0.1:${natsPort}`, NATS_USER: app, NATS_PASSWORD: secrets.nats[app] };
    const decided = {
      ...broker,
      ...(DATABASE_APPS.includes(app) && { DATABASE_URL: postgres.url(app) }),
      ...(app === 'gateway' && { PORT: String(port) }),
    };
    const defaults = {
      LOG_LEVEL: 'warn',
      // Databases and broker write below it.
      ...(app === 'submission' && { SUBMISSION_STORAGE_DIRS: path.resolve(dataDir) }),
      ...(app === 'runner' && { RUNNER_CACHE_DIR: path.join(dataDir, 'artifacts') }),
      ...(app === 'runner' && { RUNNER_RUNTIME_DIR: path.join(dataDir, 'run') }),
      ...(app === 'url' && { URL_HASHIDS_SALT: secrets.urlHashidsSalt }),
    };
    const { places, ...spec } = serviceSpec(app, defaults, decided, { dataDir });
    if (places) cleanUps.push(() => removeRunnerPlaces(places));
    group.start('first', spec);
  }
}

/** @param {import('./lib/gateway.mjs').Address} address */
async function announce({ local, url }) {
  const offered = await offeredLanguages(local);
  const missing = missingLanguages(offered);
  console.log(`languages: ${offered.join(', ') || 'none'}`);
  if (missing.length > 0) {
    console.log(`  not here: ${missing.join(', ')}`);
    console.log(
      '  (languages/<id>/language.json names their Debian packages; `npm run compose:up` brings all)',
    );
  }
  console.log(`\nRunbin is ready: ${url}  (after ${seconds(startedAt)}; Ctrl-C stops it)`);
}

/** The first signal stops everything in order, one that comes later at once. */
function stopOnSignals() {
  let stoppedAt = -Infinity;
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        // Of one Ctrl-C we hear from the terminal, and from npm, which passes it on.
        if (performance.now() - stoppedAt > SAME_SIGNAL_MS) group.kill();
        return;
      }
      stoppedAt = performance.now();
      console.log('\nstopping …');
      stopping.abort();
      endCommands();
    });
  }
}
