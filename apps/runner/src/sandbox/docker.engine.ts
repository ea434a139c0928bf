import { Logger } from '@nestjs/common';
import type Docker from 'dockerode';
import { randomBytes } from 'node:crypto';
import { Duplex, PassThrough, pipeline } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Limits } from '@runbin/contracts/limits';
import { type DaemonInfo, unusable, weakerWalls } from './docker.daemon';
import { StdoutOfContainer } from './docker.demux';
import { changeableLimits, containerOptions, RUNNER_LABEL, startingLimits } from './docker.policy';
import { isLeftBehind, ownMark } from './runner.marks';
import {
  ANY_TOOLCHAIN,
  type Launch,
  NoToolchain,
  type ParkingPlace,
  type Sandbox,
  type SandboxEngine,
  SandboxError,
  type SandboxProfile,
  type Stage,
  type StageFacts,
  type StageFollower,
} from './sandbox';
import { type SupervisorLink, SupervisorSession } from './supervisor.session';

export interface DockerOptions {
  /** `unix:///path` or `tcp://host:port`. */
  host: string;
  /** An image's name is this and the language's id. */
  imagePrefix: string;
  /** OCI runtime; undefined: the daemon's default. */
  runtime: string | undefined;
}

/** A container that was made but not started within this time never will be: its runner died in between. */
const UNSTARTED_MS = 60_000;
/** A supervisor whose stdin has ended exits by itself; one that does not within this time is killed. */
const EXIT_GRACE_MS = 500;
const LATEST = ':latest';

/**
 * Sandboxes by Docker: one container per run, never used again. Theory of operation:
 *
 * The supervisor is the container's PID 1, and its frames travel over the attached connection: a result is known
 * when the supervisor reports it, not when the daemon has noticed the end. The connection is also the leash. When
 * it closes, because we let go or because we died, the supervisor's stdin ends, and it exits with all that is in
 * the container. Removing what is then stopped is nobody's waiting time; what a killed runner could not remove is
 * removed by the next.
 *
 * The sizes of file systems are fixed when a container is made and so are part of the key; memory and processes can
 * be changed later, at the price of one call of the runtime (20 ms, a seventh of a new container).
 */
export class DockerEngine implements SandboxEngine {
  readonly name = 'docker';
  readonly degraded: string[] = [];
  private readonly logger = new Logger('Docker');
  private client: Docker | undefined;
  /** Two engines in one process keep their containers apart. */
  private readonly mark = `${ownMark()}-${randomBytes(4).toString('hex')}`;
  /** Languages that have an image, each with the image's id. */
  private languages = new Map<string, string>();
  private cgroupVersion: 1 | 2 = 2;

  constructor(private readonly options: DockerOptions) {}

  private get docker(): Docker {
    if (!this.client) throw new Error('the docker engine was used before start');
    return this.client;
  }

  /** @throws Error saying what to do, where there is no daemon that can be used, or no image */
  async start(): Promise<void> {
    const { host, runtime, imagePrefix } = this.options;
    // Loaded here, since it takes longer than the rest of a runner, which has no use for it with another engine.
    const { default: Client } = await import('dockerode');
    this.client = new Client(addressOf(host));
    const [version, info] = await Promise.all([
      this.docker.version(),
      this.docker.info() as Promise<DaemonInfo>,
    ]).catch((error: unknown) => {
      throw new Error(`no Docker engine answers at ${host} (RUNNER_DOCKER_HOST): ${String(error)}`);
    });
    const problem = unusable(info, runtime);
    if (problem !== undefined) throw new Error(problem);
    this.cgroupVersion = info.CgroupVersion === '1' ? 1 : 2;
    this.degraded.push(...weakerWalls(version, info, runtime));
    for (const mode of this.degraded) this.logger.warn(`degraded: ${mode}`);
    await this.findImages();
    if (this.languages.size === 0) {
      throw new Error(`the Docker engine has no image ${imagePrefix}*: npm run images builds them`);
    }
    await this.clearAway();
  }

  keyOf({ language }: SandboxProfile, { files_bytes }: Limits): string {
    return JSON.stringify([language, files_bytes]);
  }

  /** An image that is built anew counts from the next start on. */
  toolchain({ language }: SandboxProfile): string {
    return this.languages.get(language) ?? '';
  }

  /** @throws NoToolchain when the language has no image */
  async take({ language }: SandboxProfile, limits: Limits): Promise<Sandbox> {
    const container = await this.create(language, limits);
    try {
      const link = await linkTo(container);
      const session = new SupervisorSession(link, 0, limits);
      await container.start();
      return new DockerSandbox(session, container, limits, () => this.remove(container));
    } catch (error) {
      await this.remove(container);
      throw new SandboxError(`a container could not be started: ${String(error)}`);
    }
  }

  /** Removes what is still being taken down. */
  async stop(): Promise<void> {
    const own = await this.docker.listContainers({
      all: true,
      filters: { label: [`${RUNNER_LABEL}=${this.mark}`] },
    });
    await Promise.all(own.map(({ Id }) => this.remove(this.docker.getContainer(Id))));
  }

  private async create(language: string, limits: Limits): Promise<Docker.Container> {
    const { imagePrefix, runtime } = this.options;
    const image = language === ANY_TOOLCHAIN ? [...this.languages.values()][0] : this.languages.get(language);
    if (image === undefined) {
      throw new NoToolchain(`there is no image ${imagePrefix}${language}: npm run images -- ${language}`);
    }
    try {
      return await this.docker.createContainer(
        containerOptions({
          image,
          limits,
          runtime,
          cgroupVersion: this.cgroupVersion,
          mark: this.mark,
        }),
      );
    } catch (error) {
      throw new SandboxError(`a container could not be made: ${String(error)}`);
    }
  }

  /** With the volumes that an image may have declared. Never throws: what stays is removed at the next start. */
  private async remove(container: Docker.Container): Promise<void> {
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      // Not there, or already on its way.
      if (!isStatus(error, 404, 409)) this.logger.warn(`left in place: ${container.id}: ${String(error)}`);
    }
  }

  private async findImages(): Promise<void> {
    const { imagePrefix } = this.options;
    const images = await this.docker.listImages({ filters: { reference: [`${imagePrefix}*`] } });
    const tags = images.flatMap(({ Id, RepoTags }) => (RepoTags ?? []).map((tag) => [tag, Id] as const));
    const found = tags
      .filter(([tag]) => tag.startsWith(imagePrefix) && tag.endsWith(LATEST))
      .map(([tag, id]) => [tag.slice(imagePrefix.length, -LATEST.length), id] as const);
    this.languages = new Map(found.sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** Containers of runners that are no more, and those that were never started. */
  private async clearAway(): Promise<void> {
    const containers = await this.docker.listContainers({ all: true, filters: { label: [RUNNER_LABEL] } });
    const abandoned = containers.filter(
      ({ Labels, State, Created }) =>
        isLeftBehind(Labels[RUNNER_LABEL] ?? '') ||
        (State !== 'running' && Created * 1000 < Date.now() - UNSTARTED_MS),
    );
    await Promise.all(abandoned.map(({ Id }) => this.remove(this.docker.getContainer(Id))));
  }
}

class DockerSandbox implements Sandbox {
  private applied: Changeable;

  constructor(
    private readonly session: SupervisorSession,
    private readonly container: Docker.Container,
    limits: Limits,
    private readonly remove: () => Promise<void>,
  ) {
    this.applied = startingLimits(limits);
  }

  get isAlive(): boolean {
    return this.session.isAlive;
  }

  prepared(): Promise<void> {
    return this.session.prepared();
  }

  /** Asking the daemon takes longer than a run. */
  memoryBytes(): undefined {
    return undefined;
  }

  park(launch: Launch, place: ParkingPlace, limits: Limits): Promise<void> {
    return this.session.park(launch, place, limits);
  }

  async run(stage: Stage, signal: AbortSignal, follower?: StageFollower): Promise<StageFacts> {
    await this.apply(changeableLimits(stage.limits));
    const { facts, lost } = await this.session.run(stage, signal, follower);
    if (lost === undefined) return facts;
    // The supervisor shares the program's memory. That it went down with it is a fact about the program (S6).
    if (signal.aborted || !(await this.ranOutOfMemory())) throw new SandboxError(lost);
    return { ...facts, memoryExceeded: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.kill();
    await this.remove();
  }

  private async apply(wanted: Changeable): Promise<void> {
    const names = Object.keys(wanted) as (keyof Changeable)[];
    if (names.every((name) => wanted[name] === this.applied[name])) return;
    try {
      await this.container.update(wanted);
    } catch (error) {
      throw new SandboxError(`the limits of a container could not be changed: ${String(error)}`);
    }
    this.applied = wanted;
  }

  private async ranOutOfMemory(): Promise<boolean> {
    try {
      await this.container.wait();
      return (await this.container.inspect()).State.OOMKilled;
    } catch {
      return false; // gone: nobody knows, and the run is tried again
    }
  }
}

type Changeable = ReturnType<typeof changeableLimits>;

/** The frames of a supervisor over the daemon's connection to its container. */
async function linkTo(container: Docker.Container): Promise<SupervisorLink> {
  const connection = await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    hijack: true,
  });
  if (!(connection instanceof Duplex)) throw new Error('the daemon did not hand over the connection');
  const stderr = new PassThrough();
  const stdout = new StdoutOfContainer((text) => stderr.write(text));
  // A connection that breaks ends the sandbox, and that is told by `closed`.
  pipeline(connection, stdout, () => undefined);
  const closed = finished(stdout).catch(() => undefined);
  return {
    stdin: connection,
    stdout,
    stderr,
    closed,
    kill: () => {
      connection.end();
      const overdue = setTimeout(() => {
        container.kill({ signal: 'SIGKILL' }).catch(() => undefined); // it has ended meanwhile
      }, EXIT_GRACE_MS);
      void closed.then(() => clearTimeout(overdue));
    },
  };
}

function addressOf(host: string): Docker.DockerOptions {
  const url = new URL(host);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  return { protocol: 'http', host: url.hostname, port: url.port };
}

const isStatus = (error: unknown, ...codes: number[]) =>
  error instanceof Error && 'statusCode' in error && codes.includes(Number(error.statusCode));
