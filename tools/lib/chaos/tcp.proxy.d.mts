export interface Trap {
  direction: 'out' | 'in';
  text: string;
  when: 'before' | 'after';
  spring: () => void;
}

export declare class TcpProxy {
  constructor(targetPort: () => number, targetHost?: () => string);
  state: 'open' | 'cut' | 'stalled';
  delayMs: number;
  trap: Trap | undefined;
  readonly pairs: Set<unknown>;
  listen(): Promise<number>;
  cut(): void;
  stall(): void;
  forget(): void;
  heal(): void;
  close(): void;
}
