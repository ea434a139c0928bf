import { z } from 'zod';

/** Core NATS, losable: a gateway has let a request of this client through, which counts at every gateway. */
export const GATEWAY_ADMITTED = 'gateway.admitted';

export const RequestAdmittedSchema = z.object({ gateway_id: z.string(), client: z.string() });
/**
 * The same of what only reads, added up over a moment: what it cost, by client. It names no `client`, so that a gateway
 * of before does not take it for a write.
 */
export const ReadsAdmittedSchema = z.object({
  gateway_id: z.string(),
  reads: z.record(z.string(), z.number().positive()),
});
export type ReadsAdmitted = z.infer<typeof ReadsAdmittedSchema>;

export type RequestAdmitted = z.infer<typeof RequestAdmittedSchema>;
