// @ts-check
import { SupervisedProcess } from './supervised.process.mjs';

/** The processes that one start runs. Those that others need are stopped last. */
export class ProcessGroup {
  /** @param {(problem: string) => void} onHopeless when one can not run at all */
  constructor(onHopeless) {
    /** Called with all that run, whenever one was started. @type {(running: import('./processes.mjs').ProcessName[]) => void} */
    this.onChange = () => undefined;
    this.hooks = { onStarted: () => this.onChange(this.running), onHopeless };
    /** @type {{first: SupervisedProcess[], last: SupervisedProcess[]}} */
    this.members = { first: [], last: [] };
  }

  /** @type {import('./processes.mjs').ProcessName[]} */
  get running() {
    return this.all.flatMap(({ processName }) => processName ?? []);
  }

  /** @private */
  get all() {
    return [...this.members.first, ...this.members.last];
  }

  /**
   * @param {'first' | 'last'} stops
   * @param {import('./supervised.process.mjs').ProcessSpec} spec
   */
  start(stops, spec) {
    const supervised = new SupervisedProcess(spec, this.hooks);
    this.members[stops].push(supervised);
    supervised.start();
  }

  /** Stops all of them; returns when they are gone. */
  async stop() {
    await Promise.all(this.members.first.map((member) => member.stop()));
    await Promise.all(this.members.last.map((member) => member.stop()));
  }

  /** Kills all of them at once. */
  kill() {
    for (const member of this.all) member.kill();
  }
}
