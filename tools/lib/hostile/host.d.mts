/** What the machine holds that a run could leave behind. */
export interface Snapshot {
  readonly pids: Readonly<Record<string, number>>;
}

export declare class Host {
  /** @returns undefined when the instance does not run on this machine, or not as processes that we may see */
  static find(url: string): Host | undefined;
  snapshot(): Snapshot;
  /** What a run changed for longer than it may. */
  leftSince(before: Snapshot, isIdle: boolean): Promise<string[]>;
}

/** Devices of what is watched or locked in the text of /proc/PID/fdinfo, as stat has them. */
export declare function devicesIn(text: string): number[];

/**
 * Objects of System V that nobody has any use for.
 * @param list of a kind below /proc/sysvipc
 * @param services users whose objects are their own affair
 */
export declare function strayObjects(list: (kind: string) => string, services: readonly number[]): number;
