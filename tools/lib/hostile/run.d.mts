import type { Client } from '../client.mjs';
import type { HostileCase } from './catalogue.mjs';
import type { Host } from './host.mjs';

export interface HostileReport {
  id: string;
  title: string;
  verdicts: Record<string, number>;
  ms: number;
  problems: string[];
  note: string;
}

export declare function sourceNamesOf(client: Client): Promise<Map<string, string>>;
export declare function runCase(
  client: Client,
  one: HostileCase,
  options: {
    sourceNames: Map<string, string>;
    canary?: string | undefined;
    patience?: number;
    /** The machine that it runs on, if that can be looked at. */
    host?: Host | undefined;
    /** Idle p99 of a plain program; with it, neighbours of attacks are timed. */
    neighbourMs?: number;
    repeatMax?: number;
  },
): Promise<HostileReport>;
