/** A process: its number, and when it was started in clock ticks, so that another with the same number is not it. */
export interface ProcessName {
  pid: number;
  startTicks: number;
}

export declare class PrivateCopy {
  static startedElsewhere(started: { url: string; dataDir: string }): PrivateCopy;
  constructor(env?: Record<string, string>, onOutput?: (text: string) => void, root?: string);
  readonly dataDir: string;
  readonly output: string;
  readonly url: string;
  start(): Promise<string>;
  processes(): ProcessName[];
  processOf(name: string): ProcessName | undefined;
  stop(): Promise<{ code: number | null; left: string[] }>;
  discard(): Promise<{ code: number | null; left: string[] }>;
}

export declare function descendantsOf(ancestor: number): number[];
export declare function processesNaming(text: string): number[];
export declare function serviceBelow(started: ProcessName, app: string): ProcessName | undefined;
