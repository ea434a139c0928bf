import { DataSource, MigrationExecutor } from 'typeorm';
import type { dataSourceOptions } from './data.source';

export type ServiceDataSourceOptions = ReturnType<typeof dataSourceOptions>;

/** Key of the advisory lock that migrations of one database take; any constant of ours does. */
const MIGRATION_LOCK = 7_261_519;

/** Brings the database to the entities' schema and connects to it. */
export async function connect(options: ServiceDataSourceOptions): Promise<DataSource> {
  await migrate(options);
  return new DataSource(options).initialize();
}

/**
 * Runs the migrations that are missing. Replicas that start together queue up on an advisory lock; it is the
 * session's, so a replica that dies in the middle gives it up. No statement timeout here: the lock is waited
 * for as long as another replica migrates.
 */
export async function migrate(options: ServiceDataSourceOptions): Promise<void> {
  const dataSource = new DataSource({
    ...options,
    poolSize: 1,
    extra: { options: '-c synchronous_commit=on' },
  });
  await dataSource.initialize();
  try {
    const session = dataSource.createQueryRunner();
    await session.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    // TypeORM would make its table itself, with a constraint name of its own.
    await session.query(
      `create table if not exists "${options.migrationsTableName}" (
         id serial constraint pk_${options.migrationsTableName}_id primary key,
         "timestamp" bigint not null,
         name varchar not null
       )`,
    );
    const migrations = new MigrationExecutor(dataSource, session);
    migrations.transaction = 'each';
    await migrations.executePendingMigrations();
  } finally {
    await dataSource.destroy();
  }
}
