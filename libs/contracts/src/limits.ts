import { z } from 'zod';

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * What one run may use. A submission states only what it wants changed; `resolveLimits` fills the rest.
 * Units are in the names; `output_bytes` counts each of stdout and stderr, `processes` counts threads too,
 * `files_bytes` is the size of the run's writable file systems.
 */
export const LimitsSchema = z.strictObject({
  cpu_time_ms: z.int().min(50).meta({ description: 'CPU time of all processes together, in milliseconds' }),
  wall_time_ms: z.int().min(50).meta({ description: 'Time from start to end, in milliseconds' }),
  memory_bytes: z
    .int()
    .min(8 * MIB)
    .meta({ description: 'Memory of all processes together, in bytes' }),
  output_bytes: z.int().min(1).meta({ description: 'Bytes kept of each of stdout and stderr' }),
  processes: z.int().min(1).meta({ description: 'Processes and threads at one time' }),
  files_bytes: z
    .int()
    .min(64 * KIB)
    .meta({ description: 'Size of the writable file systems, in bytes' }),
});

export type Limits = z.infer<typeof LimitsSchema>;

/** The limits a submission may state: any subset. */
export const RequestedLimitsSchema = LimitsSchema.partial();
export type RequestedLimits = z.infer<typeof RequestedLimitsSchema>;

/** docs: README and the table of limits. A language may raise its own defaults (a JVM needs more memory). */
export const DEFAULT_LIMITS: Limits = {
  cpu_time_ms: 5_000,
  wall_time_ms: 10_000,
  memory_bytes: 256 * MIB,
  output_bytes: 1 * MIB,
  processes: 64,
  files_bytes: 64 * MIB,
};

/** What the server's configuration caps by default; a deployment may lower or raise each. */
export const DEFAULT_CAPS: Limits = {
  cpu_time_ms: 30_000,
  wall_time_ms: 60_000,
  memory_bytes: 1024 * MIB,
  output_bytes: 16 * MIB,
  processes: 256,
  files_bytes: 512 * MIB,
};

/**
 * Limits of the compile stage; not the submitter's to choose.
 * CPU is bounded tighter than wall so that a template bomb ends within ten seconds while a compiler that waits
 * for its turn on a busy machine does not.
 */
export const COMPILE_LIMITS: Limits = {
  cpu_time_ms: 8_000,
  wall_time_ms: 30_000,
  memory_bytes: 1024 * MIB,
  output_bytes: 64 * KIB,
  processes: 256,
  files_bytes: 512 * MIB,
};

/** Fills what a submission left out: the language's defaults first, then ours. */
export function resolveLimits(requested: RequestedLimits = {}, ofLanguage: RequestedLimits = {}): Limits {
  const limits = { ...DEFAULT_LIMITS };
  for (const stated of [ofLanguage, requested]) {
    for (const name of Object.keys(limits) as (keyof Limits)[]) limits[name] = stated[name] ?? limits[name];
  }
  return limits;
}
