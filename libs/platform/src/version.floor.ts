/** The numbers of a version, most significant first: `1.2.8` of `1.2.8+ds1-2`; [] when there are none. */
export function versionNumbers(text: string): number[] {
  return /(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [];
}

export function isBelow(version: readonly number[], floor: readonly number[]): boolean {
  for (const [index, least] of floor.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}
