import type { Client } from '../client.mjs';
import type { HostileCase } from './catalogue.mjs';

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
  options: { sourceNames: Map<string, string>; canary?: string | undefined; patience?: number },
): Promise<HostileReport>;
