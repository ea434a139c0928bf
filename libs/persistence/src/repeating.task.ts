import { Logger } from '@nestjs/common';

/** Does something again and again, never twice at a time; a round that fails is logged and the next one comes. */
export class RepeatingTask {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = true;

  constructor(
    name: string,
    private readonly intervalMs: number,
    private readonly round: () => Promise<void>,
  ) {
    this.logger = new Logger(name);
  }

  start(): void {
    this.stopped = false;
    this.schedule();
  }

  /** A round now, or the one that is running. Never rejects. */
  runNow(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.round()
      .catch((error: unknown) => this.logger.warn(`round failed, the next one tries again: ${String(error)}`))
      .finally(() => {
        this.running = undefined;
        this.schedule();
      });
    return this.running;
  }

  /** No round starts any more; resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.runNow(), this.intervalMs);
  }
}
