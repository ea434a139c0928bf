import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { OutboxRow } from './outbox.entity';
import { Statement } from './statement';

export type DueMessage = Pick<OutboxRow, 'id' | 'subject' | 'message_id' | 'message'>;

/** Longer than a publish may take (5 s): a claim outlives the attempt it covers, or whoever made it died. */
const CLAIM_MS = 10_000;

const REMOVE = new Statement('outbox.remove', 'delete from outbox where id = any($1::bigint[])');

@Injectable()
export class OutboxStore {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims the oldest messages that are due, for CLAIM_MS. Replicas skip each other's rows, and no transaction
   * stays open while the network is waited for. It looks at what is due, never at ids after the last one seen:
   * identity values commit out of order.
   */
  async claimDue(limit: number): Promise<DueMessage[]> {
    const [rows] = await this.dataSource.query<[DueMessage[], number]>(
      `update outbox set due_at = now() + make_interval(secs => $2)
       where id in (select id from outbox where due_at <= now() order by id limit $1 for update skip locked)
       returning id, subject, message_id, message`,
      [limit, CLAIM_MS / 1000],
    );
    return rows;
  }

  /** The broker has them. */
  async remove(ids: readonly string[]): Promise<void> {
    await REMOVE.run(this.dataSource, [ids]);
  }

  /** They could not be sent: due again at once. */
  async release(ids: readonly string[]): Promise<void> {
    await this.dataSource.query('update outbox set due_at = now() where id = any($1::bigint[])', [ids]);
  }
}
