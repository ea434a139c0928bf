import { isBelow, versionNumbers } from '@runbin/platform/version.floor';

/** Below these, fixes of 2025 and 2026 are missing (docs/docker-engine.md names them). */
const ENGINE_FLOOR = [29, 5, 1];
/** runc mends two lines: what is older than the first, or on the second and older than that. */
const RUNC_FLOORS = [
  [1, 2, 8],
  [1, 3, 3],
];

/** What of `GET /version` counts. */
export interface DaemonVersion {
  Version: string;
  Components?: readonly { Name: string; Version: string }[];
}

/** What of `GET /info` counts. */
export interface DaemonInfo {
  MemoryLimit: boolean;
  SwapLimit: boolean;
  PidsLimit: boolean;
  /** "1" or "2"; missing before API 1.41. */
  CgroupVersion?: string;
  SecurityOptions?: readonly string[];
  Runtimes: Readonly<Record<string, unknown>>;
  DefaultRuntime: string;
}

/** @returns why this daemon can not be used at all, with what to do about it; undefined when it can */
export function unusable(info: DaemonInfo, runtime: string | undefined): string | undefined {
  if (runtime !== undefined && !(runtime in info.Runtimes)) {
    return `the Docker daemon knows no runtime ${runtime}, but ${Object.keys(info.Runtimes).join(', ')}: add it to "runtimes" in its daemon.json`;
  }
  const missing = [...(info.MemoryLimit ? [] : ['memory']), ...(info.PidsLimit ? [] : ['processes'])];
  if (missing.length > 0) {
    return `the Docker daemon can not limit ${missing.join(' and ')} of containers: rootless Docker needs cgroup v2 with the controllers delegated`;
  }
  return undefined;
}

/** @returns walls that stand in a weaker form, each with what to do about it */
export function weakerWalls(version: DaemonVersion, info: DaemonInfo, runtime: string | undefined): string[] {
  const weaker: string[] = [];
  const engine = versionNumbers(version.Version);
  if (isBelow(engine, ENGINE_FLOOR)) {
    weaker.push(`Docker Engine ${engine.join('.')} is older than ${ENGINE_FLOOR.join('.')}`);
  }
  const runc = versionNumbers(version.Components?.find(({ Name }) => Name === 'runc')?.Version ?? '');
  if ((runtime ?? info.DefaultRuntime) === 'runc' && isRuncBelow(runc)) {
    weaker.push(
      `runc ${runc.join('.')} is older than ${RUNC_FLOORS.map((floor) => floor.join('.')).join(' or ')}`,
    );
  }
  if (info.CgroupVersion === '1') {
    weaker.push("the host has cgroup v1: what waits in a run's sockets is not counted as its memory");
  }
  if (!info.SwapLimit) weaker.push('the kernel does not account for swap: memory limits do not bound it');
  const remaps = info.SecurityOptions?.some((option) => /name=(rootless|userns)/.test(option)) ?? false;
  if (!remaps) {
    weaker.push(
      'the Docker daemon shares its user ids with sandboxes: run it rootless, or with userns-remap',
    );
  }
  return weaker;
}

function isRuncBelow(version: readonly number[]): boolean {
  const line = RUNC_FLOORS.find(([major, minor]) => version[0] === major && version[1] === minor);
  return isBelow(version, line ?? RUNC_FLOORS[0] ?? []);
}
