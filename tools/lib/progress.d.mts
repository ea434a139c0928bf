export function step<T>(what: string, work: () => Promise<T>): Promise<T>;
export function printLine(line: string): void;
export function seconds(since: number): string;
export function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }>;
