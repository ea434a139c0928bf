export interface Beside {
  name: string;
  kind: 'url' | 'folder' | 'commit';
  where: string;
}

export interface BenchOptions {
  url: string | undefined;
  languages: string[];
  rows: RegExp | undefined;
  turns: number;
  turnMs: number;
  beside: Beside[];
  allow: number;
  profile: boolean;
  quiet: boolean;
  write: boolean;
}

export declare const OURS: string;
export declare function parseBenchOptions(args: string[]): BenchOptions;
