import type { DataSourceOptions } from 'typeorm';
import { mortalClient } from './mortal.client';

/** What a service says of its database; everything else is the same for all. */
export interface DatabaseConfig {
  DATABASE_URL: string;
  DATABASE_POOL_SIZE: number;
  DATABASE_STATEMENT_TIMEOUT_MS: number;
}

/**
 * Options of a service's data source: migrations only, never `synchronize`; bounded pool, bounded statements,
 * commits that are on disk.
 */
export function dataSourceOptions(
  config: DatabaseConfig,
  app: string,
  entities: NonNullable<DataSourceOptions['entities']>,
  migrations: NonNullable<DataSourceOptions['migrations']>,
) {
  return {
    type: 'postgres' as const,
    url: config.DATABASE_URL,
    applicationName: `runbin-${app}`,
    entities,
    migrations,
    // `connect` runs them, one replica at a time.
    migrationsRun: false,
    migrationsTableName: 'migration',
    synchronize: false,
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: 5_000,
    extra: {
      statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      Client: mortalClient(),
      // A backend that never answers must not hold a request for ever.
      query_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS + 1_000,
      idle_in_transaction_session_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
      options: '-c synchronous_commit=on',
    },
  };
}
