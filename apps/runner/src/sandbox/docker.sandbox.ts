import type Docker from 'dockerode';
import { Duplex, PassThrough, pipeline } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '@runbin/contracts/limits';
import { StdoutOfContainer } from './docker.demux';
import { changeableLimits, startingLimits } from './docker.policy';
import type { ContainerWeights } from './docker.weights';
import { isProgramsDoing, type Loss, type SupervisorEnd } from './loss';
import {
  type Launch,
  type ParkingPlace,
  type Sandbox,
  SandboxError,
  SandboxLost,
  type Stage,
  type StageFacts,
  type StageFollower,
} from './sandbox';
import type { SupervisorLink, SupervisorSession } from './supervisor.session';

/** A supervisor whose stdin has ended exits by itself; one that does not within this time is killed. */
const EXIT_GRACE_MS = 500;
/** A daemon that hangs does not tell of an end; nobody waits for it longer than this. */
const END_GRACE_MS = 10_000;
/** A daemon tells a signal as an exit code behind this one. */
const SIGNALS_FROM = 128;

/** A container with its supervisor: one run. */
export class DockerSandbox implements Sandbox {
  private applied: Changeable;

  constructor(
    private readonly session: SupervisorSession,
    private readonly container: Docker.Container,
    limits: Limits,
    private kind: string,
    private readonly weights: ContainerWeights,
    private readonly remove: () => Promise<void>,
  ) {
    this.applied = startingLimits(limits);
  }

  get isAlive(): boolean {
    return this.session.isAlive;
  }

  answers(): Promise<boolean> {
    return this.session.answers();
  }

  async prepared(): Promise<void> {
    await this.session.prepared();
    await this.weights.weigh(this.kind, this.container);
  }

  memoryBytes(): number | undefined {
    return this.weights.of(this.kind);
  }

  async park(launch: Launch, place: ParkingPlace, limits: Limits): Promise<void> {
    this.kind = JSON.stringify([this.kind, launch.argv]);
    await this.session.park(launch, place, limits);
    await this.weights.weigh(this.kind, this.container);
  }

  async run(stage: Stage, signal: AbortSignal, follower?: StageFollower): Promise<StageFacts> {
    await this.apply(changeableLimits(stage.limits));
    const { facts, lost } = await this.session.run(stage, signal, follower);
    if (lost === undefined) return facts;
    if (signal.aborted) throw new SandboxError(lost.reason);
    // Of a container that is gone, or a daemon that hangs, nobody knows: the run is tried again.
    const end = await soon(this.endAfter(lost));
    // The supervisor shares the program's memory. That it went down with it is a fact about the program (S6).
    if (end?.ranOutOfMemory) return { ...facts, memoryExceeded: true };
    if (isProgramsDoing(lost, end)) throw new SandboxLost(lost.reason, facts);
    throw new SandboxError(lost.reason);
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

  private async endAfter({ endedByUs }: Loss): Promise<SupervisorEnd & { ranOutOfMemory: boolean }> {
    // One that is frozen does not end by itself.
    if (endedByUs) await this.container.kill().catch(() => undefined);
    await this.container.wait();
    const { ExitCode, OOMKilled } = (await this.container.inspect()).State;
    const isSignal = ExitCode > SIGNALS_FROM;
    return {
      exitCode: isSignal ? null : ExitCode,
      signal: isSignal ? ExitCode - SIGNALS_FROM : null,
      ranOutOfMemory: OOMKilled,
    };
  }
}

type Changeable = ReturnType<typeof changeableLimits>;

/** The frames of a supervisor over the daemon's connection to its container. */
export async function linkTo(container: Docker.Container): Promise<SupervisorLink> {
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
      const unheard = setTimeout(() => connection.destroy(), END_GRACE_MS);
      void closed.then(() => {
        clearTimeout(overdue);
        clearTimeout(unheard);
      });
    },
  };
}

/** What the daemon answers; undefined where it refuses, or does not in time. */
async function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  const late = delay(END_GRACE_MS, undefined, { ref: false });
  return await Promise.race([answer.catch(() => undefined), late]);
}
