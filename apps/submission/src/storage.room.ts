import { statfs } from 'node:fs/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { RepeatingTask } from '@runbin/persistence/repeating.task';

/** Much is written in a moment, but a floor is generous. */
const LOOK_INTERVAL_MS = 2_000;

const MIB = 1024 * 1024;
const inMib = (bytes: number) => `${Math.floor(bytes / MIB)} MiB`;

export interface StorageOptions {
  /** Directories on the file systems that databases and broker write to, as far as they are seen from here. */
  readonly directories: readonly string[];
  /** Each must have this much free; 0: whatever it has. */
  readonly freeBytesMin: number;
  /** The database may have this much; 0: whatever it has. */
  readonly databaseBytesMax: number;
  readonly databaseBytes: () => Promise<number>;
}

/**
 * Whether there is room for new work: below a floor it is refused, while what was accepted still ends and is stored. A
 * database that runs into the end of its disk stops, and takes the results with it.
 */
export class StorageRoom implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly looking = new RepeatingTask('StorageRoom', LOOK_INTERVAL_MS, () => this.look());
  private wanting: string | undefined;

  constructor(private readonly options: StorageOptions) {}

  async onApplicationBootstrap(): Promise<void> {
    this.looking.start();
    await this.looking.runNow();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.looking.stop();
  }

  /** Why nothing more is taken; undefined: there is room. */
  get refusal(): string | undefined {
    return this.wanting;
  }

  /** For readiness. @throws Error that says what there is too little of */
  async check(): Promise<void> {
    await this.look();
    if (this.wanting !== undefined) throw new Error(this.wanting);
  }

  private async look(): Promise<void> {
    this.wanting = await this.tooLittle();
  }

  private async tooLittle(): Promise<string | undefined> {
    const { directories, freeBytesMin, databaseBytesMax, databaseBytes } = this.options;
    for (const directory of freeBytesMin > 0 ? directories : []) {
      const { bavail, bsize } = await statfs(directory);
      const free = bavail * bsize;
      if (free < freeBytesMin)
        return `${directory} has ${inMib(free)} free, and new work needs ${inMib(freeBytesMin)}`;
    }
    if (databaseBytesMax === 0) return undefined;
    const bytes = await databaseBytes();
    return bytes > databaseBytesMax
      ? `the database has ${inMib(bytes)}, and new work is taken up to ${inMib(databaseBytesMax)}`
      : undefined;
  }
}
