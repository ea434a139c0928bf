import type { MixedList } from 'typeorm';
import { DataSource } from 'typeorm';
import { migrate } from '../src/connect';
import { dataSourceOptions } from '../src/data.source';

type Classes = (new () => object)[];
type Migrations = Parameters<typeof dataSourceOptions>[3] & MixedList<unknown>;

const OUR_NAME = /^(pk|fk|uq|ix)_[a-z0-9_]+$/;

/** What a service's migrations make of an empty database, beside what its entities say. */
export async function schemaOf(databaseUrl: string, entities: Classes, migrations: Migrations) {
  const config = { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: 2, DATABASE_STATEMENT_TIMEOUT_MS: 5_000 };
  const options = dataSourceOptions(config, 'schema', entities, migrations);
  // Several replicas start at one time.
  await Promise.all([migrate(options), migrate(options), migrate(options)]);
  const dataSource = await new DataSource(options).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    const names = await dataSource.query<{ name: string; table: string }[]>(
      `select conname as name, conrelid::regclass::text as table from pg_constraint
         where connamespace = 'public'::regnamespace and contype <> 'n'
       union select indexname, tablename from pg_indexes where schemaname = 'public'`,
    );
    const external = await dataSource.query<{ name: string }[]>(
      `select attrelid::regclass || '.' || attname as name from pg_attribute
       where atttypid = 'bytea'::regtype and attstorage = 'e' and attrelid in (
         select oid from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       ) order by 1`,
    );
    return {
      /** Statements that would bring the database to the entities: none. */
      differences: upQueries.map(({ query }) => query),
      foreignNames: names.filter(({ name, table }) => !OUR_NAME.test(name) || !name.includes(`_${table}_`)),
      external: external.map(({ name }) => name),
    };
  } finally {
    await dataSource.destroy();
  }
}
