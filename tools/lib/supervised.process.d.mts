import type { ProcessName } from './private.copy.mjs';

export interface ProcessSpec {
  name: string;
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  stopSignal: NodeJS.Signals;
  stopGraceMs: number;
  shows?: (line: string) => boolean;
  prepare?: () => Promise<void>;
  answers?: () => Promise<void>;
}

export declare class SupervisedProcess {
  constructor(spec: ProcessSpec, hooks: { onStarted: () => void; onHopeless: (problem: string) => void });
  readonly spec: ProcessSpec;
  start(): void;
  stop(): Promise<void>;
  kill(): void;
  say(line: string): void;
  get processName(): ProcessName | undefined;
}
