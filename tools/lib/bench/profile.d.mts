export interface ProcessUse {
  pid: number;
  parent: number;
  command: string;
  ownMs: number;
  waitedMs: number;
}

export interface Messages {
  sent: number;
  received: number;
}

export interface Use {
  seconds: number;
  cpuMs: Record<string, number>;
  machineMs: number;
  benchMs: number;
  messages: Record<string, Messages> | undefined;
  database: { writes: number; walBytes: number } | undefined;
}

export interface Profile {
  name: string;
  count: number;
  programMs?: number;
  use: Use;
}

interface Counters {
  in_msgs: number;
  out_msgs: number;
}

export declare function cpuByPart(processes: readonly ProcessUse[], root: number): Record<string, number>;
export declare function messagesByPart(
  varz: Counters,
  connz: { connections: (Counters & { name?: string })[] },
): Record<string, Messages>;
export declare function useBetween(before: Use, after: Use): Use;
export declare function sumOfUse(one: Use, other: Use): Use;
export declare function useAboveRest(use: Use, rest: Use): Use;
export declare function profileTable(title: string, profiles: readonly Profile[]): string[];
