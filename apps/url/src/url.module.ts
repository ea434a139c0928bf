import { type DynamicModule, Module } from '@nestjs/common';
import { healthSubject } from '@runbin/contracts/rpc';
import { MessagingModule } from '@runbin/messaging/messaging.module';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { dataSourceOptions } from '@runbin/persistence/data.source';
import { DatabaseModule, DatabaseProbe } from '@runbin/persistence/database.module';
import type { Config } from '@runbin/platform/config';
import { natsOptions } from '@runbin/platform/nats.options';
import { HealthController, healthResponder, Readiness, READINESS_CHECKS } from '@runbin/platform/readiness';
import { LinkCodes } from './link.code';
import { LinkRow } from './link.entity';
import { LinkStore } from './link.store';
import { CreateLink1764000000000 } from './migrations/1764000000000-create-link';
import { AddDeletedAt1764100000000 } from './migrations/1764100000000-add-deleted-at';
import { UrlController } from './url.controller';
import { UrlService } from './url.service';

export const urlEntities = [LinkRow];
export const urlMigrations = [CreateLink1764000000000, AddDeletedAt1764100000000];

/** Composition root of the url service. */
@Module({})
export class UrlModule {
  static for(config: Config<'url'>): DynamicModule {
    return {
      module: UrlModule,
      imports: [
        DatabaseModule.forRoot(dataSourceOptions(config, 'url', urlEntities, urlMigrations)),
        MessagingModule.forRoot(natsOptions(config, 'url')),
      ],
      controllers: [UrlController, HealthController, healthResponder(healthSubject('url'))],
      providers: [
        LinkStore,
        UrlService,
        Readiness,
        { provide: LinkCodes, useFactory: () => new LinkCodes(config.URL_HASHIDS_SALT) },
        {
          provide: READINESS_CHECKS,
          inject: [DatabaseProbe, NatsConnection],
          useFactory: (database: DatabaseProbe, connection: NatsConnection) => ({
            database: () => database.ping(),
            nats: () => connection.ping(),
          }),
        },
      ],
    };
  }
}
