import type { Limits } from '@runbin/contracts/limits';

const MIB = 1024 * 1024;

interface LimitField {
  readonly name: keyof Limits;
  readonly label: string;
  /** What is typed, times this, is the limit. */
  readonly scale: number;
  readonly unit: string;
}

/** The limits as people know them. */
export const LIMIT_FIELDS: readonly LimitField[] = [
  { name: 'wall_time_ms', label: 'Time', scale: 1000, unit: 's' },
  { name: 'cpu_time_ms', label: 'CPU time', scale: 1000, unit: 's' },
  { name: 'memory_bytes', label: 'Memory', scale: MIB, unit: 'MiB' },
  { name: 'output_bytes', label: 'Output', scale: MIB, unit: 'MiB' },
  { name: 'files_bytes', label: 'Files', scale: MIB, unit: 'MiB' },
  { name: 'processes', label: 'Processes', scale: 1, unit: '' },
];

/** `1.5`, without digits that say nothing. */
export function shownLimit({ scale }: LimitField, value: number): string {
  return String(Number((value / scale).toFixed(3)));
}

/**
 * @param text empty: the default
 * @returns undefined for the default, a number, or in words why it is none
 */
export function readLimit(
  field: LimitField,
  text: string,
  cap: number | undefined,
): number | undefined | string {
  if (text.trim() === '') return undefined;
  const value = Math.round(Number(text.trim().replace(',', '.')) * field.scale);
  if (!Number.isSafeInteger(value) || value < 1) return 'Give a number above 0.';
  if (cap !== undefined && value > cap) return `At most ${withUnit(field, cap)}.`;
  return value;
}

export function withUnit(field: LimitField, value: number): string {
  return `${shownLimit(field, value)} ${field.unit}`.trim();
}
