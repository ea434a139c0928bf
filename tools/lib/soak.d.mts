import type { Client } from './client.mjs';
import type { Host } from './hostile/host.mjs';

export declare const SOAK_ENV: Readonly<Record<string, string>>;
export declare function soak(
  client: Client,
  host: Host,
  options: { runs: number; warmUp: number; judgeMemory: boolean },
): Promise<{ problems: string[] }>;
