// @ts-check
import { freePort } from '../ports.mjs';
import { removeRunnerPlaces } from '../runner.places.mjs';
import { serviceSpec } from '../services.mjs';
import { SupervisedProcess } from '../supervised.process.mjs';
import { TcpProxy } from './tcp.proxy.mjs';

/** Host uids of its sandboxes: not those of the runner beside it. */
const UID_BASE = 80_000;
const FAKETIME = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`;

/**
 * @typedef {object} Surroundings what a second replica is started into
 * @property {string} dataDir
 * @property {() => number} natsPort
 * @property {() => number} postgresPort
 * @property {import('../secrets.mjs').Secrets} secrets
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} hasClock whether its clock can be set apart (libfaketime)
 * @property {(line: string) => void} log
 */

/**
 * The library in the service alone: in what root does before it, it would make a semaphore that the service cannot open.
 * @param {import('../supervised.process.mjs').ProcessSpec} spec
 */
function withClock(spec) {
  const command = [spec.program, ...spec.args];
  const at = command.lastIndexOf(process.execPath);
  const [program = '', ...args] = [
    ...command.slice(0, at),
    '/usr/bin/env',
    `LD_PRELOAD=${FAKETIME}`,
    ...command.slice(at),
  ];
  return { ...spec, program, args };
}

/**
 * A second replica of a service, as a second machine would run it: it is started again when it ends, and reaches
 * broker and database over wires of its own, and by a clock of its own.
 */
export class Replica extends SupervisedProcess {
  /**
   * @param {string} app
   * @param {Surroundings} around
   * @param {{root?: string, port?: number}} [which] of which clone's build, and at which port, if not at a free one
   */
  static async start(app, around, which = {}) {
    const nats = new TcpProxy(around.natsPort);
    const postgres = new TcpProxy(around.postgresPort);
    const [natsPort, postgresPort] = [await nats.listen(), await postgres.listen()];
    const port = which.port ?? (await freePort());
    const { secrets } = around;
    const decided = {
      NATS_URL: `nats://127.0.0.1:${natsPort}`,
      NATS_USER: app,
      NATS_PASSWORD: secrets.nats[app],
      ...(app in secrets.postgres && {
        DATABASE_URL: `postgres://${app}:${secrets.postgres[app]}@127.0.0.1:${postgresPort}/${app}`,
      }),
      ...(app === 'gateway' ? { PORT: String(port) } : { HEALTH_PORT: String(port) }),
      ...(app === 'runner' && {
        // Its owner is another user in another release, which has a machine of its own.
        RUNNER_CACHE_DIR: `${around.dataDir}/artifacts${which.root === undefined ? '' : '-release'}`,
        RUNNER_UID_BASE: String(UID_BASE),
      }),
      ...(app === 'url' && { URL_HASHIDS_SALT: secrets.urlHashidsSalt }),
      ...(around.hasClock && clockEnvironment(clockFile(around.dataDir, app))),
    };
    const place = { root: which.root, dataDir: around.dataDir, name: `${app}-2` };
    const { places, ...plain } = serviceSpec(
      app,
      { LOG_LEVEL: 'warn' },
      { ...around.env, ...decided },
      place,
    );
    const spec = around.hasClock ? withClock(plain) : plain;
    const replica = new Replica(spec, around.log, `http://127.0.0.1:${port}`, {
      nats,
      postgres,
    });
    replica.places = places;
    replica.start();
    return replica;
  }

  /**
   * @param {import('../supervised.process.mjs').ProcessSpec} spec
   * @param {(line: string) => void} log
   * @param {string} url of its HTTP
   * @param {Record<'nats' | 'postgres', TcpProxy>} wires
   */
  constructor(spec, log, url, wires) {
    super(spec, { onStarted: () => undefined, onHopeless: log });
    this.log = log;
    this.url = url;
    this.wires = wires;
    /** @type {import('../runner.places.mjs').Places | undefined} */
    this.places = undefined;
  }

  /** @override @param {string} line */
  say(line) {
    this.log(`[${this.spec.name}] ${line}`);
  }

  /** @override */
  async stop() {
    for (const wire of Object.values(this.wires)) wire.heal();
    await super.stop();
    if (this.places) removeRunnerPlaces(this.places);
    for (const wire of Object.values(this.wires)) wire.close();
  }
}

/** The library that sets a process's clock apart, or undefined where it is not installed. */
export const CLOCK_LIBRARY = FAKETIME;

/**
 * The file in which the offset of a replica's clock stands, as `+3600` (seconds).
 * @param {string} dataDir
 * @param {string} app
 */
export const clockFile = (dataDir, app) => `${dataDir}/clock-${app}`;

/** Times of day are faked, and read anew each second; the monotonic clock is the machine's. @param {string} file */
function clockEnvironment(file) {
  return {
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '0',
  };
}
