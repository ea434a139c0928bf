import { z } from 'zod';
import { LanguageIdSchema } from './ids';

/** How an installation is doing, for whoever asks: what runs, what waits, how fast. No addresses, no paths, no programs. */

/** The parts of an installation, in the order of a submission's way. */
export const SERVICE_NAMES = ['gateway', 'nats', 'submission', 'result', 'url', 'runner'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export const RunnerStatusSchema = z.object({
  name: z.string().meta({ description: 'The end of its id' }),
  ready: z.boolean(),
  reason: z.string().nullable().meta({ description: 'Why it takes no work' }),
  engine: z.string(),
  degraded: z.array(z.string()).meta({ description: 'Walls that stand in a weaker form, and old versions' }),
  permits: z
    .object({ total: z.int(), free: z.int() })
    .meta({ description: 'How many programs it runs at one time' }),
  languages: z.array(z.object({ id: LanguageIdSchema, version: z.string() })),
  pool: z
    .object({
      parked: z
        .record(LanguageIdSchema, z.int())
        .meta({ description: 'Language → interpreters that wait for their program' }),
      empty: z.int().meta({ description: 'Sandboxes with nothing in them yet' }),
      memory_bytes: z.int(),
    })
    .nullable()
    .meta({ description: 'What it keeps ready; null: it does not say' }),
});
export type RunnerStatus = z.infer<typeof RunnerStatusSchema>;

const runs = {
  runs: z.int().meta({ description: 'Runs whose result became known' }),
  internal_errors: z.int().meta({ description: 'Of these, how many failed by our own fault' }),
  latency_ms: z
    .object({ p50: z.number(), p95: z.number() })
    .nullable()
    .meta({ description: 'From acceptance to the known result, within 5 %; null: there were no runs' }),
};

export const TrafficSchema = z.object({
  bucket_ms: z.int(),
  buckets: z.array(z.object({ at: z.iso.datetime().meta({ description: 'Its beginning' }), ...runs })).meta({
    description:
      'Ten minutes, the oldest first; fewer while this gateway is younger. It counts all that it hears of, whoever took it on',
  }),
  last_minute: z.object(runs),
});
export type Traffic = z.infer<typeof TrafficSchema>;

export const QueueSchema = z.object({
  unfinished: z.int().meta({ description: 'Submissions without a final result: they wait or run' }),
  unfinished_max: z.int().meta({ description: 'Beyond it submitting is refused' }),
  languages: z.array(
    z.object({
      language: LanguageIdSchema,
      unfinished: z.int(),
      oldest_at: z.iso.datetime().meta({ description: 'When the longest unfinished one was accepted' }),
    }),
  ),
});

export const GetStatusResponseSchema = z.object({
  at: z.iso.datetime(),
  status: z.enum(['ok', 'unavailable']).meta({ description: 'As /readyz says it' }),
  services: z.array(
    z.object({
      name: z.enum(SERVICE_NAMES),
      ok: z.boolean(),
      message: z.string().meta({ description: '"ok", or what is wrong' }),
    }),
  ),
  degraded: z
    .array(z.string())
    .meta({ description: 'Shared parts that stand in a weaker form than they should' }),
  runners: z.array(RunnerStatusSchema),
  queue: QueueSchema.nullable().meta({ description: 'null: nobody can tell now' }),
  traffic: TrafficSchema,
});
export type GetStatusResponse = z.infer<typeof GetStatusResponseSchema>;
