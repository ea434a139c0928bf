import { z } from 'zod';
import { OutputChunkSchema } from './live';
import { ResultSchema } from './result';

/**
 * What whoever follows a run is told, by SSE and by WebSocket alike, while it goes on and afterwards (ADR 0017). A run
 * that is over is told from its record with the same events.
 */

/**
 * Place in a run: `<attempt>.<n>`, n pieces of that attempt's output came before; `<attempt>.end` behind the last event.
 * `0.0` is before anything ran. It is the `id` of SSE events, and what `Last-Event-ID` and `after` say.
 */
export const RunPositionSchema = z
  .string()
  .regex(/^\d{1,9}\.(?:\d{1,9}|end)$/)
  .meta({
    description: 'Place in a run: <attempt>.<pieces of output before it>, or <attempt>.end',
    example: '1.17',
  });

export const StatusEventSchema = ResultSchema.pick({
  submission_id: true,
  message: true,
  attempt: true,
  language: true,
})
  .extend({
    type: z.literal('status'),
    position: RunPositionSchema,
    status: z.enum(['queued', 'running']),
    at: z.iso.datetime().meta({ description: 'When: as the timeline has it, queued_at or picked_at' }),
  })
  .meta({
    description:
      'The run has come to another status: queued (at 0.0), or running (at <attempt>.0). Another attempt starts over: ' +
      'output of those before is void',
  });
export type StatusEvent = z.infer<typeof StatusEventSchema>;

export const OutputEventSchema = OutputChunkSchema.pick({
  attempt: true,
  seq: true,
  at_ms: true,
  stream: true,
  data: true,
  encoding: true,
})
  .extend({ type: z.literal('output'), position: RunPositionSchema })
  .meta({ description: 'A piece of output; position is the place behind it, so seq is one less' });
export type OutputEvent = z.infer<typeof OutputEventSchema>;

export const FinishedEventSchema = z
  .object({
    type: z.literal('finished'),
    position: RunPositionSchema,
    result: ResultSchema.omit({ stdout: true, stdout_encoding: true, stderr: true, stderr_encoding: true }),
  })
  .meta({ description: 'Last event: the result without the output, which the events before it were' });
export type FinishedEvent = z.infer<typeof FinishedEventSchema>;

export const FollowEventSchema = z.discriminatedUnion('type', [
  StatusEventSchema,
  OutputEventSchema,
  FinishedEventSchema,
]);
export type FollowEvent = z.infer<typeof FollowEventSchema>;

/** The same events for whoever follows a run by a link: without the id of the submission (ADR 0034). */
export const SharedStatusEventSchema = StatusEventSchema.omit({ submission_id: true }).meta({
  description: 'As the status of a run that is followed by its id, without the id',
});
export const SharedFinishedEventSchema = FinishedEventSchema.extend({
  result: FinishedEventSchema.shape.result.omit({ submission_id: true }),
}).meta({ description: 'As the end of a run that is followed by its id, without the id' });
export type SharedStatusEvent = z.infer<typeof SharedStatusEventSchema>;
export type SharedFinishedEvent = z.infer<typeof SharedFinishedEventSchema>;

export const SharedEventSchema = z.discriminatedUnion('type', [
  SharedStatusEventSchema,
  OutputEventSchema,
  SharedFinishedEventSchema,
]);
export type SharedEvent = z.infer<typeof SharedEventSchema>;
