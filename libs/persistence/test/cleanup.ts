/** What a spec file started, ended in reverse order, also when it did not get far. */
export class Cleanup {
  private readonly ends: (() => Promise<void>)[] = [];

  /** Answers what was started, so that it reads as one line. */
  async add<T>(starting: Promise<T>, end: (started: T) => Promise<void>): Promise<T> {
    const started = await starting;
    this.ends.push(() => end(started));
    return started;
  }

  async run(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }
}
