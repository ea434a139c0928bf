import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { connect, type ServiceDataSourceOptions } from './connect';

const RETRY_MS = 1_000;

/** A service's database, for its readiness. */
@Injectable()
export class DatabaseProbe {
  constructor(private readonly dataSource: DataSource) {}

  /** A round trip; throws when there is none. */
  async ping(): Promise<void> {
    await this.dataSource.query('select 1');
  }
}

/**
 * The database of one service, migrated before anything else of the service starts. A database that is not
 * there yet is waited for, for as long as it takes; one that goes away later is found again by the pool, which
 * makes new connections as they are asked for.
 */
@Module({})
export class DatabaseModule {
  static forRoot(options: ServiceDataSourceOptions): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...options, retryAttempts: Infinity, retryDelay: RETRY_MS }),
          dataSourceFactory: () => connect(options),
        }),
      ],
      providers: [DatabaseProbe],
      exports: [DatabaseProbe],
    };
  }
}
