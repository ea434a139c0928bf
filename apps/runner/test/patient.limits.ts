import { DEFAULT_LIMITS, type Limits } from '@runbin/contracts/limits';

/** What a program may use that is about something else: no machine is too slow for it. */
export const PATIENT_LIMITS: Limits = { ...DEFAULT_LIMITS, cpu_time_ms: 30_000, wall_time_ms: 60_000 };
