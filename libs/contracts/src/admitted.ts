import { z } from 'zod';

/** Core NATS, losable: a gateway has let a request of this client through, which counts at every gateway. */
export const GATEWAY_ADMITTED = 'gateway.admitted';

export const RequestAdmittedSchema = z.object({ gateway_id: z.string(), client: z.string() });
export type RequestAdmitted = z.infer<typeof RequestAdmittedSchema>;
