export declare class Random {
  constructor(seed: string);
  fork(name: string | number): Random;
  fraction(): number;
  between(least: number, most: number): number;
  chance(share: number): boolean;
  pick<T>(items: readonly T[]): T;
  weighted<T extends { weight: number }>(items: readonly T[]): T;
  some<T>(items: readonly T[], count: number): T[];
}
