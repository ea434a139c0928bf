// @ts-check
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { APPS } from '../apps.mjs';
import { PrivateCopy, serviceBelow } from '../private.copy.mjs';
import { isAlive } from '../processes.mjs';
import { loadSecrets } from '../secrets.mjs';
import { Onlooker } from './onlooker.mjs';
import { CLOCK_LIBRARY, clockFile, Replica } from './replica.mjs';

/** The disk of its own that a copy gets, so that it can be full. */
const DISK_BYTES = 2 * 2 ** 30;
/**
 * A service that is broken is told of soon, two cores are not kept busy with preparing sandboxes, and all clients of a
 * run have one address.
 */
const ENVIRONMENT = {
  GATEWAY_RPC_TIMEOUT_MS: '3000',
  RUNNER_POOL_MAX: '3',
  SUBMISSION_CLIENT_UNFINISHED_MAX: '10000',
  GATEWAY_TRUSTED_PROXIES: 'loopback',
};

/** Where root makes a directory for each runner (runner.places.mjs). */
const RUN_ROOT = '/run/runbin';
/** Where runners put groups that they may make themselves, or root for them. */
const CGROUP_ROOTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids'];

/**
 * What `npm start` starts, and beside it a second replica of every service. What is broken here is brought back
 * by the system itself, not by us.
 */
export class LocalSystem {
  /**
   * @param {string} logFile gets all that it prints
   * @param {string} [replicaRoot] of the clone whose build the second replicas are
   */
  constructor(logFile, replicaRoot) {
    this.replicaRoot = replicaRoot;
    this.log = (/** @type {string} */ line) =>
      appendFileSync(logFile, `${new Date().toISOString()} ${line.trimEnd()}\n`);
    this.copy = new PrivateCopy({ LOG_LEVEL: 'warn', ...ENVIRONMENT }, this.log);
    /** By app. @type {Map<string, Replica>} */
    this.replicas = new Map();
    this.hasClock = existsSync(CLOCK_LIBRARY);
    this.hasDisk = this.mountDisk();
    this.runnersExpected = 2;
    this.natsPort = 0;
    this.postgresPort = 0;
    /** @type {import('../secrets.mjs').Secrets | undefined} */
    this.secrets = undefined;
    /** @type {import('./replica.mjs').Surroundings | undefined} */
    this.around = undefined;
    /** @type {Onlooker | undefined} */
    this.onlooker = undefined;
  }

  get dataDir() {
    return this.copy.dataDir;
  }

  /** @param {(text: string, submissionId: string) => void} onOutput what any program prints */
  async start(onOutput) {
    await this.startCopy();
    const secrets = (this.secrets = loadSecrets(this.dataDir));
    this.around = {
      dataDir: this.dataDir,
      natsPort: () => this.natsPort,
      postgresPort: () => this.postgresPort,
      secrets,
      env: ENVIRONMENT,
      hasClock: this.hasClock,
      log: this.log,
    };
    for (const app of APPS) {
      writeFileSync(clockFile(this.dataDir, app), '+0');
      this.replicas.set(app, await Replica.start(app, this.around, { root: this.replicaRoot }));
    }
    this.onlooker = await Onlooker.open(this.natsPort, this.password('gateway'), onOutput);
  }

  /** Stops the second replica of a service in good order, and starts one of this clone's build in its place. @param {string} app */
  async replace(app) {
    const before = /** @type {Replica} */ (this.replicas.get(app));
    const around = /** @type {import('./replica.mjs').Surroundings} */ (this.around);
    await before.stop();
    this.replicas.set(app, await Replica.start(app, around, { port: Number(new URL(before.url).port) }));
  }

  /** Everything that can be killed, by name. */
  get members() {
    return [...APPS, ...APPS.map((app) => `${app}-2`), 'nats', 'postgres'];
  }

  /** Where clients may go. */
  get urls() {
    return [this.copy.url, /** @type {Replica} */ (this.replicas.get('gateway')).url];
  }

  /** Where each replica of ours says whether it is ready. */
  get readinessUrls() {
    return [this.copy.url, ...[...this.replicas.values()].map(({ url }) => url)];
  }

  /** @param {string} user of the broker */
  password(user) {
    return /** @type {string} */ (this.secrets?.nats[user]);
  }

  /** @param {string} app */
  databaseUrl(app) {
    return `postgres://${app}:${this.secrets?.postgres[app]}@127.0.0.1:${this.postgresPort}/${app}`;
  }

  /** @param {string} member @returns {number | undefined} undefined while it is being started again */
  pidOf(member) {
    const app = member.replace(/-2$/, '');
    const started = this.replicas.get(app)?.processName;
    const name = app === member ? this.copy.processOf(app) : started && serviceBelow(started, app);
    return name && isAlive(name) ? name.pid : undefined;
  }

  /**
   * @param {string} member
   * @param {NodeJS.Signals} signal
   * @returns {number | undefined} the pid that it was sent to
   */
  signal(member, signal) {
    const pid = this.pidOf(member);
    if (pid === undefined) return undefined;
    try {
      process.kill(pid, signal);
      return pid;
    } catch {
      return undefined;
    }
  }

  filesOfGoneRunners() {
    const places = [RUN_ROOT, ...CGROUP_ROOTS].flatMap((root) => [
      root,
      ...entriesOf(root).map((name) => path.join(root, name)),
    ]);
    return [...places, ...entriesOf(RUN_ROOT).map((name) => path.join(RUN_ROOT, name, 'runner'))].flatMap(
      ofGoneRunners,
    );
  }

  /** @returns what outlived it */
  async stop() {
    await this.onlooker?.close();
    await Promise.all([...this.replicas.values()].map((replica) => replica.stop()));
    const { code, left } = await this.copy.stop();
    return code === 0 ? left : [`npm start ended with ${code}`, ...left];
  }

  /** Stops it and removes its data. */
  async discard() {
    const left = await this.stop();
    if (this.hasDisk) execFileSync('umount', ['--lazy', this.dataDir]);
    rmSync(this.dataDir, { recursive: true, force: true });
    return left;
  }

  /** @private */
  async startCopy() {
    await this.copy.start();
    const argumentsOf = (/** @type {string} */ name) =>
      readFileSync(`/proc/${this.copy.processOf(name)?.pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    this.natsPort = Number(/--port (\d+)/.exec(argumentsOf('nats'))?.[1]);
    this.postgresPort = Number(/port=(\d+)/.exec(argumentsOf('postgres'))?.[1]);
  }

  /** @private */
  mountDisk() {
    try {
      const options = `size=${DISK_BYTES},mode=700`;
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'runbin-chaos', this.dataDir], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  }
}

/** Entries named after a runner of this pid namespace that is no more (runner.marks.ts). @param {string} directory */
function ofGoneRunners(directory) {
  const own = `runbin-${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0]}-`;
  const isGone = (/** @type {string} */ name) => {
    const pid = name.startsWith(own) && /^\d+/.exec(name.slice(own.length))?.[0];
    return pid && !entriesOf('/proc').includes(pid);
  };
  return entriesOf(directory).filter(isGone);
}

/** @param {string} directory */
function entriesOf(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Where the copy keeps the queue. @param {string} dataDir */
export const natsStore = (dataDir) => path.join(dataDir, 'nats');
