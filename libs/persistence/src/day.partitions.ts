import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { RepeatingTask } from './repeating.task';
import { firstIdAt } from './retention';

/** A table that is partitioned by ranges of a UUIDv7, and so by time. */
export interface PartitionedTable {
  readonly table: string;
  readonly key: string;
}

interface Partition {
  readonly name: string;
  /** First id that it does not hold. */
  readonly end: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** As many days may pass without anybody making partitions before rows go into the default one. */
const DAYS_AHEAD = 7;
/** Any constant of ours: replicas take turns. */
const PARTITION_LOCK = 7_261_520;
/** Detaching waits for statements that run, and lets nobody pass meanwhile: not for long. */
const LOCK_PATIENCE_MS = 1_000;
/** So many rows are moved while everybody waits. */
const MOVABLE_ROWS = 1_000;
/** Where nothing is ever removed, days would only add up: each partition costs every look at the whole table. */
const DAYS_OF_A_KEPT_PARTITION = 30;

/** When the ids that begin here were made. */
export const timeOfId = (id: string) => new Date(parseInt(id.replaceAll('-', '').slice(0, 12), 16));

/**
 * Keeps partitions ready for the next days, in the schema `day`. They adjoin: the next begins where the last ends.
 * What belongs to none lies in the default partition, so that nothing is ever refused; it moves into its day when
 * that is made. A partition that is older than everything that is kept holds no more than what links show: these
 * rows move into the default partition, and it is dropped, which gives its space back without a vacuum.
 */
export class DayPartitions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly task = new RepeatingTask('DayPartitions', HOUR_MS, () => this.round());

  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: readonly PartitionedTable[],
    /** 0: everything is kept. */
    private readonly retentionDays: number,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
    void this.task.runNow();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.task.stop();
  }

  /** A round now, or the one that is running. Never rejects. */
  runNow(): Promise<void> {
    return this.task.runNow();
  }

  private async round(): Promise<void> {
    const widthMs = (this.retentionDays === 0 ? DAYS_OF_A_KEPT_PARTITION : 1) * DAY_MS;
    const kept = firstIdAt(new Date(Date.now() - this.retentionDays * DAY_MS));
    for (const partitioned of this.tables) {
      while (await this.inTurn((session) => makeNext(session, partitioned, widthMs)));
      if (this.retentionDays === 0) continue;
      for (const { name, end } of await partitionsOf(this.dataSource, partitioned)) {
        if (end <= kept) await this.inTurn((session) => dissolve(session, partitioned, name));
      }
    }
  }

  private inTurn<T>(work: (session: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (session) => {
      await session.query('select pg_advisory_xact_lock($1)', [PARTITION_LOCK]);
      return work(session);
    });
  }
}

/** Those with a range, the earliest first. */
async function partitionsOf(
  session: Pick<EntityManager, 'query'>,
  { table }: PartitionedTable,
): Promise<Partition[]> {
  return session.query<Partition[]>(
    `select * from (
       select inhrelid::regclass::text as name,
              substring(pg_get_expr(relpartbound, inhrelid) from 'TO \\(''([0-9a-f-]+)''\\)') as "end"
       from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = $1::regclass
     ) as partition
     where "end" is not null order by "end"`,
    [`public.${table}`],
  );
}

/**
 * Attached and not created in place, which would let nobody read or write meanwhile; what lies in the default
 * partition and belongs here comes along.
 * @returns whether another one may be wanted
 */
async function makeNext(
  session: EntityManager,
  partitioned: PartitionedTable,
  widthMs: number,
): Promise<boolean> {
  const { table, key } = partitioned;
  const start = (await partitionsOf(session, partitioned)).at(-1)?.end;
  if (start === undefined || timeOfId(start).getTime() > Date.now() + DAYS_AHEAD * DAY_MS) return false;
  const end = firstIdAt(new Date(timeOfId(start).getTime() + widthMs));
  const name = `day.${table}_${timeOfId(start).toISOString().slice(0, 10).replaceAll('-', '_')}`;
  await session.query(`create table ${name} (like ${table} including all)`);
  await session.query(
    `with moved as (
       delete from day.${table}_default where ${key} >= '${start}' and ${key} < '${end}' returning *
     )
     insert into ${name} select * from moved`,
  );
  await session.query(
    `alter table ${table} attach partition ${name} for values from ('${start}') to ('${end}')`,
  );
  return true;
}

/** Unless it still holds much: the retention is not done with it, or a day was very popular. */
async function dissolve(session: EntityManager, { table }: PartitionedTable, name: string): Promise<void> {
  const [found] = await session.query<{ exists: boolean }[]>('select to_regclass($1) is not null as exists', [
    name,
  ]);
  if (!found?.exists) return; // another replica was faster
  const rows = await session.query<object[]>(`select from ${name} limit ${MOVABLE_ROWS + 1}`);
  if (rows.length > MOVABLE_ROWS) return;
  await session.query(`set local lock_timeout = ${LOCK_PATIENCE_MS}`);
  await session.query(`alter table ${table} detach partition ${name}`);
  await session.query(`insert into ${table} select * from ${name}`);
  await session.query(`drop table ${name}`);
}
