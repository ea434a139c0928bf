// @ts-check
import { once } from 'node:events';
import { appendFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { APPS } from '../apps.mjs';
import { outputOf, runQuietly } from '../command.mjs';
import { compose, composedEnvironment } from '../composed.mjs';
import { Failure } from '../failure.mjs';
import { freePort, isFree } from '../ports.mjs';
import { Onlooker } from './onlooker.mjs';
import { repairsOf } from './repairs.mjs';
import { TcpProxy } from './tcp.proxy.mjs';

const PROJECT = 'runbin-chaos';
const ADDITION = 'tools/lib/chaos/composed.yml';
const LABEL = 'com.docker.compose';
/** Two of each: work, events and requests must spread over them, and one must do alone. */
const SCALE = APPS.flatMap((app) => ['--scale', `${app}=2`]);
const LOOK_MS = 500;
/** Longer than a runner may take to stop. */
const CALL_TIMEOUT_MS = 40_000;
/** In which what was done to a container is taken back, also while the daemon is away. */
const MEND_MS = 60_000;
/** What a process group of a container that had to be killed ends with. */
const KILLED = 137;
/** Where the runners of all containers make their groups, on v1 and on v2. */
const CGROUP_ROOTS = ['/sys/fs/cgroup/pids/runbin', '/sys/fs/cgroup/runbin'];
/** What is listened on in a container. */
const PORTS = { gateway: 3000, nats: 4222, db: 5432, service: 8080 };

/**
 * @typedef {object} Container
 * @property {string} id
 * @property {string} address of it in any of its networks; empty while it has none
 * @property {Record<string, string[]>} networks that it was made in, and its names there
 * @property {TcpProxy} door a way to it that stays the same, whatever its address is
 * @property {number} port of the door, on loopback
 */

/**
 * The composed system, with two replicas of every service, as a project of its own. The host reaches its containers
 * in their networks, though nobody else does. Containers are broken through Docker, and are brought back by their
 * restart policy, or by taking back what was done to them.
 */
export class ComposedSystem {
  /**
   * @param {string} logFile gets what the containers print, in the end
   * @param {string | undefined} daemonCommand restarts the Docker daemon, and returns
   */
  constructor(logFile, daemonCommand) {
    this.logFile = logFile;
    this.daemonCommand = daemonCommand;
    this.docker = new Docker({ timeout: CALL_TIMEOUT_MS });
    this.runnersExpected = 2;
    /** By name: service and number. @type {Map<string, Container>} */
    this.containers = new Map();
    /** @type {NodeJS.ProcessEnv} */
    this.env = {};
    /** @type {string[]} */
    this.urls = [];
    /** @type {NodeJS.Timeout | undefined} */
    this.timer = undefined;
    /** @type {Onlooker | undefined} */
    this.onlooker = undefined;
    this.isUp = false;
  }

  /** @param {(text: string, submissionId: string) => void} onOutput what any program prints */
  async start(onOutput) {
    const port = await freePairOfPorts();
    const published = [port, port + 1];
    this.urls = published.map((one) => `http://127.0.0.1:${one}`);
    const env = composedEnvironment(PROJECT, published.join('-'));
    this.env = {
      ...env,
      COMPOSE_FILE: `${env.COMPOSE_FILE ?? 'docker-compose.yml'}:${ADDITION}`,
      GATEWAY_PUBLIC_URL: this.urls[0],
      LOG_LEVEL: 'warn',
    };
    await this.remove();
    this.isUp = true;
    const code = await compose(this.env, 'up', '--build', '--wait', '--quiet-pull', ...SCALE);
    if (code !== 0) throw new Failure(`docker compose up failed (${code}).`);
    await this.meetContainers();
    this.timer = setInterval(() => void this.look().catch(() => undefined), LOOK_MS);
    this.onlooker = await Onlooker.open(this.natsPort, this.password('gateway'), onOutput);
  }

  /** Everything that can be broken, by name. */
  get members() {
    return [...this.containers.keys()];
  }

  get readinessUrls() {
    const services = [...this.containers].filter(([name]) => APPS.includes(serviceOf(name)));
    return services.map(([, { port }]) => `http://127.0.0.1:${port}`);
  }

  get natsPort() {
    return this.get('nats-1').port;
  }

  /** @param {string} user of the broker */
  password(user) {
    return this.env[`NATS_${user.toUpperCase()}_PASSWORD`] ?? '';
  }

  /** @param {string} app */
  databaseUrl(app) {
    const password = this.env[`${app.toUpperCase()}_DB_PASSWORD`];
    return `postgres://${app}:${password}@127.0.0.1:${this.get(`${app}-db-1`).port}/${app}`;
  }

  /** Groups of those that live are counted with them: there are as many before and after. */
  filesOfGoneRunners() {
    return CGROUP_ROOTS.flatMap(entriesOf).filter((name) => name.startsWith('runbin-'));
  }

  /** As Docker's API has it. @param {string} member */
  container(member) {
    return this.docker.getContainer(this.get(member).id);
  }

  /**
   * To its first process, past Docker. When that dies all others do, as when memory runs out.
   * @param {string} member
   * @param {NodeJS.Signals} signal
   */
  async signal(member, signal) {
    const { State } = await this.container(member).inspect();
    // 0 while it does not run, which would be our own group.
    if (State.Pid > 0) process.kill(State.Pid, signal);
  }

  /**
   * Runs a command in a container to its end.
   * @param {string} member
   * @param {string[]} command
   */
  async run(member, command) {
    const exec = await this.container(member).exec({ Cmd: command, AttachStdout: true });
    const output = await exec.start({});
    await once(output.resume(), 'end');
  }

  /** The networks of a container. @param {string} member */
  networksOf(member) {
    return Object.keys(this.get(member).networks);
  }

  /**
   * @param {string} member
   * @param {string} network
   */
  disconnect(member, network) {
    return this.docker.getNetwork(network).disconnect({ Container: this.get(member).id, Force: true });
  }

  /** Takes back what was done to containers. @param {string[]} members */
  async mend(members) {
    const deadline = performance.now() + MEND_MS;
    await Promise.all(
      members.map(async (member) => {
        while (!(await this.isMended(member).catch(() => false)) && performance.now() < deadline)
          await delay(LOOK_MS);
      }),
    );
  }

  /** Restarts the daemon, and with it every container. Returns when it answers again. */
  async restartDaemon() {
    await runQuietly('sh', ['-c', /** @type {string} */ (this.daemonCommand)]);
    for (;;) {
      try {
        await this.docker.ping();
        return;
      } catch {
        await delay(LOOK_MS);
      }
    }
  }

  /** @returns what had to be killed */
  async stop() {
    if (!this.isUp) return [];
    this.isUp = false;
    clearInterval(this.timer);
    await this.onlooker?.close();
    appendFileSync(
      this.logFile,
      outputOf('docker', ['compose', 'logs', '--timestamps', '--no-color'], this.env),
    );
    await compose(this.env, 'stop');
    const ends = await Promise.all(
      this.members.map(async (name) => ({ name, ...(await this.container(name).inspect()).State })),
    );
    for (const { door } of this.containers.values()) door.close();
    return ends.filter(({ ExitCode }) => ExitCode === KILLED).map(({ name }) => `${name} had to be killed`);
  }

  /** Stops it and removes containers, networks and volumes. */
  async discard() {
    await this.stop().finally(() => this.remove());
  }

  /** @private What an earlier one that was killed left behind has other secrets. */
  remove() {
    return compose(this.env, 'down', '--volumes', '--timeout', '20');
  }

  /** @private Whether nothing of it is left to be taken back. @param {string} member */
  async isMended(member) {
    const { id, networks } = this.get(member);
    const container = this.container(member);
    const repairs = repairsOf(await container.inspect(), networks);
    for (const repair of repairs) {
      if (repair.do === 'unpause') await container.unpause();
      if (repair.do === 'start') await container.start();
      if (repair.do === 'connect')
        await this.docker.getNetwork(repair.network).connect({
          Container: id,
          EndpointConfig: { Aliases: repair.aliases },
        });
    }
    return repairs.length === 0;
  }

  /** @private Which containers there are, and a door to each. */
  async meetContainers() {
    for (const { Id, Labels } of await this.list()) {
      const name = nameOf(Labels);
      const { NetworkSettings } = await this.docker.getContainer(Id).inspect();
      const networks = Object.fromEntries(
        Object.entries(NetworkSettings.Networks).map(([network, { Aliases }]) => [network, Aliases ?? []]),
      );
      const address = () => this.get(name).address;
      // Nobody listens on port 0.
      const door = new TcpProxy(
        () => (address() ? portIn(name) : 0),
        () => address() || '127.0.0.1',
      );
      this.containers.set(name, { id: Id, address: '', networks, door, port: await door.listen() });
    }
    await this.look();
  }

  /** @private Addresses change when containers start. */
  async look() {
    for (const { Labels, NetworkSettings } of await this.list()) {
      const known = this.containers.get(nameOf(Labels));
      const addresses = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
      if (known) known.address = addresses.find(Boolean) ?? '';
    }
  }

  /** @private In the order of their names. */
  async list() {
    const containers = await this.docker.listContainers({
      all: true,
      filters: { label: [`${LABEL}.project=${PROJECT}`] },
    });
    return containers.sort((one, other) => nameOf(one.Labels).localeCompare(nameOf(other.Labels)));
  }

  /** @private @param {string} name @returns {Container} */
  get(name) {
    const found = this.containers.get(name);
    if (!found) throw new Error(`there is no container ${name}`);
    return found;
  }
}

/** @param {string} member @returns {string} */
export const serviceOf = (member) => member.replace(/-\d+$/, '');

/** @param {Record<string, string>} labels */
const nameOf = (labels) => `${labels[`${LABEL}.service`]}-${labels[`${LABEL}.container-number`]}`;

/** @param {string} member */
function portIn(member) {
  const service = serviceOf(member);
  if (service === 'gateway' || service === 'nats') return PORTS[service];
  return service.endsWith('-db') ? PORTS.db : PORTS.service;
}

/** The first of two: each gateway takes one of them. */
async function freePairOfPorts() {
  for (;;) {
    const port = await freePort();
    if (await isFree(port + 1, '127.0.0.1')) return port;
  }
}

/** @param {string} directory */
function entriesOf(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
