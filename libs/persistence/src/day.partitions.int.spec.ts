import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Cleanup } from '../test/cleanup';
import { PostgresServer } from '../test/postgres.server';
import { DayPartitions, timeOfId } from './day.partitions';
import { firstIdAt } from './retention';

const DAY_MS = 24 * 3_600_000;
const midnight = (days: number) => (Math.floor(Date.now() / DAY_MS) + days) * DAY_MS;
const nameOf = (days: number) =>
  `day.thing_${new Date(midnight(days)).toISOString().slice(0, 10).replaceAll('-', '_')}`;

describe('partitions by day', () => {
  let dataSource: DataSource;
  let partitions: DayPartitions;
  const cleanup = new Cleanup();
  const query = <T = object>(sql: string, values: unknown[] = []) => dataSource.query<T[]>(sql, values);

  beforeAll(async () => {
    const postgres = await cleanup.add(PostgresServer.start(), (server) => server.stop());
    dataSource = await cleanup.add(
      new DataSource({ type: 'postgres', url: await postgres.createDatabase('things') }).initialize(),
      (open) => open.destroy(),
    );
    partitions = partitionsKept(10);
  });
  afterAll(() => cleanup.run());

  const partitionsKept = (days: number) =>
    new DayPartitions(dataSource, [{ table: 'thing', key: 'id' }], days);

  /** As a migration leaves it: everything until two days ago is in one partition. */
  beforeEach(async () => {
    await query('drop schema if exists day cascade');
    await query('drop table if exists thing');
    await query('create schema day');
    await query(
      'create table thing (id uuid not null, body bytea, constraint pk_thing_id primary key (id)) partition by range (id)',
    );
    await query('alter table thing alter column body set storage external');
    await query('create table day.thing_default partition of thing default');
    await query(
      `create table day.thing_first partition of thing for values from (minvalue) to ('${firstIdAt(new Date(midnight(-2)))}')`,
    );
  });

  const insert = async (msecs: number) => {
    const id = uuidv7({ msecs });
    await query('insert into thing (id) values ($1)', [id]);
    return id;
  };
  const placeOf = async (id: string) =>
    (
      await query<{ place: string }>('select tableoid::regclass::text as place from thing where id = $1', [
        id,
      ])
    )[0]?.place;
  const names = async () =>
    (
      await query<{ name: string }>(
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'thing'::regclass order by 1`,
      )
    ).map(({ name }) => name);

  it('are there for the next days, adjoin, and are made once by several replicas', async () => {
    await insert(midnight(-2) + 1);
    const others = Array.from({ length: 4 }, () => partitionsKept(10));
    await Promise.all([partitions, ...others].map((one) => one.runNow()));
    const days = Array.from({ length: 10 }, (_, day) => nameOf(day - 2));
    expect(await names()).toEqual(expect.arrayContaining(days.filter((name) => name !== nameOf(-1))));
    for (const day of [-2, 0, 3, 7]) {
      expect(await placeOf(await insert(midnight(day)))).toBe(nameOf(day));
      expect(await placeOf(await insert(midnight(day + 1) - 1))).toBe(nameOf(day));
    }
    expect(await placeOf(await insert(midnight(30)))).toBe('day.thing_default');
    const [storage] = await query(
      `select attstorage from pg_attribute where attrelid = '${nameOf(0)}'::regclass and attname = 'body'`,
    );
    expect(storage).toEqual({ attstorage: 'e' });
  });

  it('take along what has come into the default partition meanwhile', async () => {
    const [early, late] = [await insert(midnight(0) + 5), await insert(midnight(40))];
    expect(await placeOf(early)).toBe('day.thing_default');
    await partitions.runNow();
    expect(await placeOf(early)).toBe(nameOf(0));
    expect(await placeOf(late)).toBe('day.thing_default');
  });

  it('are found by id without a look at the others', async () => {
    await partitions.runNow();
    const id = await insert(midnight(0));
    const plan = await query(`explain select * from thing where id = '${id}'`);
    expect(JSON.stringify(plan)).toContain(nameOf(0).slice('day.'.length));
    expect(JSON.stringify(plan)).not.toContain(nameOf(1).slice('day.'.length));
    await expect(query('insert into thing (id) values ($1)', [id])).rejects.toThrow(/duplicate key/);
  });

  it('go when they are past, and what is left in them stays', async () => {
    const [shared, young] = [await insert(midnight(-50)), await insert(midnight(-2))];
    await query('update thing set body = $2 where id = $1', [shared, Buffer.from('shared')]);
    await partitions.runNow();
    // Its last day is not yet old enough.
    expect(await placeOf(shared)).toBe('day.thing_first');
    await partitionsKept(1).runNow();
    expect(await names()).not.toContain('day.thing_first');
    expect(await names()).toContain(nameOf(-1));
    expect(await placeOf(shared)).toBe('day.thing_default');
    expect(await query('select body from thing where id = $1', [shared])).toEqual([
      { body: Buffer.from('shared') },
    ]);
    expect(await placeOf(young)).not.toBe('day.thing_first');
  });

  it('stay when much is left in them', async () => {
    const msecs = midnight(-50);
    const ids = Array.from({ length: 1_001 }, () => uuidv7({ msecs }));
    await query('insert into thing (id) select unnest($1::uuid[])', [ids]);
    await partitionsKept(1).runNow();
    expect(await names()).toContain('day.thing_first');
    await query('delete from thing where id = $1', [ids[0]]);
    await partitionsKept(1).runNow();
    expect(await names()).not.toContain('day.thing_first');
    expect(await query('select from thing')).toHaveLength(1_000);
  });

  it('are wider, and none is dropped, where everything is kept', async () => {
    await partitionsKept(0).runNow();
    expect(await names()).toEqual(['day.thing_default', 'day.thing_first', nameOf(-2)].sort());
    expect(await placeOf(await insert(midnight(25)))).toBe(nameOf(-2));
  });
});

it('reads the time of an id', () => {
  expect(timeOfId(firstIdAt(new Date('2026-11-21T00:00:00Z'))).toISOString()).toBe(
    '2026-11-21T00:00:00.000Z',
  );
});
