import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '@runbin/contracts/limits';
import { BASE_ENV } from '../sandbox/bubblewrap.policy';
import { ANY_TOOLCHAIN, SANDBOX_ENGINE, type SandboxEngine } from '../sandbox/sandbox';
import { Heartbeat } from './heartbeat';
import { brokenWalls } from './walls';

export const WALL_PROBE_PATH = Symbol('WALL_PROBE_PATH');

/** A sandbox costs some milliseconds: askers within this time share one. */
const FRESH_MS = 5_000;
const RETRY_MS = 1_000;

const PROBE = { language: ANY_TOOLCHAIN, mounts: [] };

/** Readiness does the real thing: a program in a sandbox, beside the permits. */
@Injectable()
export class SandboxCheck {
  private last: { at: number; result: Promise<void> } | undefined;

  constructor(
    @Inject(SANDBOX_ENGINE) private readonly engine: SandboxEngine,
    private readonly heartbeat: Heartbeat,
    @Inject(WALL_PROBE_PATH) private readonly probePath: string,
  ) {}

  /** @throws Error naming every wall that does not hold */
  async assertWalls(): Promise<void> {
    const broken = await brokenWalls(this.engine, PROBE, this.probePath);
    if (broken.length > 0) throw new Error(`walls that do not hold:\n  ${broken.join('\n  ')}`);
  }

  /** @throws Error saying what is wrong */
  check(): Promise<void> {
    const now = performance.now();
    if (!this.last || now - this.last.at > FRESH_MS) this.last = { at: now, result: this.run() };
    return this.last.result;
  }

  /** Resolves once sandboxes can be made, or when the signal fires. Nothing is taken for granted from before this call. */
  async whenWell(signal: AbortSignal): Promise<void> {
    this.last = undefined;
    while (!signal.aborted) {
      try {
        return await this.check();
      } catch {
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async run(): Promise<void> {
    try {
      await using sandbox = await this.engine.take(PROBE, DEFAULT_LIMITS);
      const facts = await sandbox.run(
        {
          argv: ['/bin/echo', 'ready'],
          env: { ...BASE_ENV },
          files: [],
          stdin: Buffer.alloc(0),
          limits: DEFAULT_LIMITS,
        },
        new AbortController().signal,
      );
      if (facts.stdout.toString() !== 'ready\n') throw new Error('a sandbox did not run a program');
      this.heartbeat.setReason(null);
    } catch (error) {
      this.heartbeat.setReason(String(error));
      throw error;
    }
  }
}
