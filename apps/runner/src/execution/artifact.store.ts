import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files are counted by the blocks that they take. */
const BLOCK_BYTES = 4096;
/** A sweep makes this much more room than is needed, so that not every write has to sweep. */
const SLACK = 1 / 8;
/** Others may write into the directory too: after this part of the bound we look again. */
const LOOK_AGAIN = 1 / 16;
/** When an entry was last of use is noted so precisely. */
const TOUCH_MS = 60_000;
/** What is still half written after this long never will be whole. */
const ABANDONED_MS = 10 * 60_000;

const ENTRY = /^[0-9a-f]{64}$/;
const HALF_WRITTEN = /^\.[0-9a-f]{64}\.[0-9a-f]+$/;

/**
 * A directory of entries, each one file named by its key, within a bound on their bytes. Entries appear and go as a
 * whole (rename, unlink), so any number of runners may share it; what was not of use for longest goes first.
 */
export class ArtifactStore {
  /** What the directory held when we last looked, and what we have written since. */
  private bytes = 0;
  private writtenSince = 0;
  private sweeping: Promise<void> | undefined;

  /**
   * @param directory made when it is not there
   * @throws Error when somebody else may write there: an entry is a program that will be run for others
   */
  constructor(
    private readonly directory: string,
    private readonly maxBytes: number,
  ) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new Error(`RUNNER_CACHE_DIR can not be made: ${String(cause)}`, { cause });
    }
    const { uid, mode } = statSync(directory);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
      throw new Error(
        `RUNNER_CACHE_DIR: ${directory} must belong to the runner's user, and nobody else may write there`,
      );
    }
    for (const name of readdirSync(directory)) {
      this.bytes += blocks(statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0);
    }
  }

  /** @returns undefined when there is no such entry */
  async read(key: string): Promise<Buffer | undefined> {
    try {
      await using file = await open(join(this.directory, key), 'r');
      return await file.readFile();
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** Notes that the entry is of use; one that is gone stays so. */
  async touch(key: string): Promise<void> {
    const path = join(this.directory, key);
    try {
      const now = Date.now();
      if (now - (await stat(path)).mtimeMs > TOUCH_MS) await utimes(path, now / 1000, now / 1000);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** A larger one is not kept: it would push out too much that is of use. */
  get largestEntryBytes(): number {
    return this.maxBytes / 8;
  }

  /** Makes room if need be. */
  async write(key: string, entry: Buffer): Promise<void> {
    const size = blocks(entry.length);
    if (size > this.largestEntryBytes) return;
    if (this.bytes + size > this.maxBytes || this.writtenSince > this.maxBytes * LOOK_AGAIN) {
      await this.sweep(size);
    }
    this.bytes += size;
    this.writtenSince += size;
    const temporary = join(this.directory, `.${key}.${randomBytes(8).toString('hex')}`);
    try {
      await writeFile(temporary, entry, { mode: 0o600, flag: 'wx' });
      await rename(temporary, join(this.directory, key));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.directory, key), { force: true });
  }

  /** One at a time; whoever comes meanwhile waits for it. */
  private async sweep(needed: number): Promise<void> {
    this.sweeping ??= this.sweepOnce(needed).finally(() => (this.sweeping = undefined));
    await this.sweeping;
  }

  private async sweepOnce(needed: number): Promise<void> {
    const found = await this.list();
    let bytes = found.reduce((sum, { size }) => sum + size, 0);
    const wanted = this.maxBytes * (1 - SLACK) - needed;
    if (bytes + needed > this.maxBytes) {
      for (const { name, size } of found.sort((a, b) => a.usedMs - b.usedMs)) {
        if (bytes <= wanted) break;
        await rm(join(this.directory, name), { force: true });
        bytes -= size;
      }
    }
    this.bytes = bytes;
    this.writtenSince = 0;
  }

  /** The entries; what was abandoned half written is removed on the way. Other files are none of ours. */
  private async list(): Promise<{ name: string; size: number; usedMs: number }[]> {
    const found: { name: string; size: number; usedMs: number }[] = [];
    for (const name of await readdir(this.directory)) {
      const isEntry = ENTRY.test(name);
      if (!isEntry && !HALF_WRITTEN.test(name)) continue;
      const path = join(this.directory, name);
      const facts = await stat(path).catch(() => undefined);
      if (!facts) continue;
      if (isEntry) found.push({ name, size: blocks(facts.size), usedMs: facts.mtimeMs });
      else if (Date.now() - facts.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }
    return found;
  }
}

const blocks = (bytes: number) => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

const isGone = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';
