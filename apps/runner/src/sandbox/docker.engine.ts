import { Logger } from '@nestjs/common';
import type Docker from 'dockerode';
import { randomBytes } from 'node:crypto';
import type { Limits } from '@runbin/contracts/limits';
import { type DaemonInfo, unusable, weakerWalls } from './docker.daemon';
import { containerOptions, RUNNER_LABEL } from './docker.policy';
import { DockerSandbox, linkTo } from './docker.sandbox';
import { ContainerWeights } from './docker.weights';
import { isLeftBehind, ownMark } from './runner.marks';
import {
  ANY_TOOLCHAIN,
  NoToolchain,
  type Sandbox,
  type SandboxEngine,
  SandboxError,
  type SandboxProfile,
} from './sandbox';
import { SupervisorSession } from './supervisor.session';

export interface DockerOptions {
  /** `unix:///path` or `tcp://host:port`. */
  host: string;
  /** An image's name is this and the language's id. */
  imagePrefix: string;
  /** OCI runtime; undefined: the daemon's default. */
  runtime: string | undefined;
  /** A call that the daemon leaves without an answer for this long has failed. */
  callTimeoutMs?: number;
}

/** Longer than a busy machine takes to start a container: a daemon that answers later than this hangs. */
const CALL_TIMEOUT_MS = 30_000;
/** A container that was made but not started within this time never will be: its runner died in between. */
const UNSTARTED_MS = 60_000;
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
 * Every call has a timeout. What a daemon does not do, or does not say it did, is a SandboxError, and the run is tried
 * again. Containers have names of ours, so that those of calls whose answer never came can be told apart and removed
 * when the daemon is well again.
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
  private readonly weights = new ContainerWeights();
  private count = 0;
  /** Names of the containers that are in use or on their way. */
  private readonly held = new Set<string>();
  /** A call failed: there may be containers that nobody holds. */
  private isUntidy = false;

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
    const timeout = this.options.callTimeoutMs ?? CALL_TIMEOUT_MS;
    this.client = new Client({ ...addressOf(host), timeout });
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
  async take(profile: SandboxProfile, limits: Limits): Promise<Sandbox> {
    const image = this.imageOf(profile);
    const name = `${this.mark}-${this.count++}`;
    this.held.add(name);
    try {
      const container = await this.create(name, image, limits);
      const link = await linkTo(container);
      const session = new SupervisorSession(link, 0, limits);
      await container.start();
      if (this.isUntidy) void this.tidy();
      const kind = this.keyOf(profile, limits);
      return new DockerSandbox(session, container, limits, kind, this.weights, () => this.remove(name));
    } catch (error) {
      // A call whose answer did not come may still be carried out: too early to remove anything.
      this.held.delete(name);
      this.isUntidy = true;
      throw new SandboxError(`a container could not be started: ${String(error)}`);
    }
  }

  /** Removes what is still being taken down. What a daemon that is away keeps is for the next start. */
  async stop(): Promise<void> {
    this.held.clear();
    await this.tidy();
  }

  private imageOf({ language }: SandboxProfile): string {
    const image = language === ANY_TOOLCHAIN ? [...this.languages.values()][0] : this.languages.get(language);
    if (image !== undefined) return image;
    throw new NoToolchain(
      `there is no image ${this.options.imagePrefix}${language}: npm run images -- ${language}`,
    );
  }

  private create(name: string, image: string, limits: Limits): Promise<Docker.Container> {
    const { cgroupVersion, mark, options } = this;
    const { runtime } = options;
    return this.docker.createContainer({
      name,
      ...containerOptions({ image, limits, runtime, cgroupVersion, mark }),
    });
  }

  /** Never throws: what could not be removed is, once the daemon is well again. */
  private async remove(name: string): Promise<void> {
    this.held.delete(name);
    try {
      await this.removeNow(name);
    } catch (error) {
      this.isUntidy = true;
      this.logger.warn(`left in place for now: ${name}: ${String(error)}`);
    }
  }

  /** With the volumes that an image may have declared. */
  private async removeNow(nameOrId: string): Promise<void> {
    try {
      await this.docker.getContainer(nameOrId).remove({ force: true, v: true });
    } catch (error) {
      // Not there, or already on its way.
      if (!isStatus(error, 404, 409)) throw error;
    }
  }

  /** Containers of ours that nobody holds: a daemon that was away for a while may have made some after all. */
  private async tidy(): Promise<void> {
    this.isUntidy = false;
    try {
      const own = await this.containers(`${RUNNER_LABEL}=${this.mark}`);
      const left = own.filter(({ Names }) => !Names.some((name) => this.held.has(name.slice(1))));
      await Promise.all(left.map(({ Id }) => this.removeNow(Id)));
    } catch (error) {
      this.isUntidy = true;
      this.logger.warn(`containers are left in place for now: ${String(error)}`);
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
    const containers = await this.containers(RUNNER_LABEL);
    const abandoned = containers.filter(
      ({ Labels, State, Created }) =>
        isLeftBehind(Labels[RUNNER_LABEL] ?? '') ||
        (State !== 'running' && Created * 1000 < Date.now() - UNSTARTED_MS),
    );
    await Promise.all(abandoned.map(({ Id }) => this.remove(Id)));
  }

  private containers(label: string): Promise<Docker.ContainerInfo[]> {
    return this.docker.listContainers({ all: true, filters: { label: [label] } });
  }
}

function addressOf(host: string): Docker.DockerOptions {
  const url = new URL(host);
  if (url.protocol === 'unix:') return { socketPath: url.pathname };
  return { protocol: 'http', host: url.hostname, port: url.port };
}

const isStatus = (error: unknown, ...codes: number[]) =>
  error instanceof Error && 'statusCode' in error && codes.includes(Number(error.statusCode));
