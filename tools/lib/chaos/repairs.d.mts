export interface Inspected {
  State: { Running: boolean; Paused: boolean; Restarting: boolean };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}
export type Repair =
  { do: 'unpause' } | { do: 'start' } | { do: 'connect'; network: string; aliases: string[] };

export declare function repairsOf(container: Inspected, networks: Record<string, string[]>): Repair[];
