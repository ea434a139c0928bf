import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Limits } from '@runbin/contracts/limits';
import { loadCatalogue } from '@runbin/languages/catalogue';
import { MessagingModule } from '@runbin/messaging/messaging.module';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import type { Config } from '@runbin/platform/config';
import { natsOptions } from '@runbin/platform/nats.options';
import { Readiness, READINESS_CHECKS } from '@runbin/platform/readiness';
import { RpcClient } from '@runbin/platform/rpc.client';
import { RpcTransport } from '@runbin/platform/rpc.transport';
import { Budgets } from './admission/budgets';
import { READ_RATE, ReadRate } from './admission/read.rate';
import { WRITE_RATE, WriteRate } from './admission/write.rate';
import { CardController } from './cards/card.controller';
import { CardStudio } from './cards/card.studio';
import { DownloadsController } from './downloads/downloads.controller';
import { EmbedController } from './embed/embed.controller';
import { OEmbedController } from './embed/oembed.controller';
import { ProblemFilter } from './errors/problem.filter';
import { GatewayHealthController } from './health/health.controller';
import { GatewayReadiness } from './health/gateway.readiness';
import { readinessChecks } from './health/readiness.checks';
import { Draining } from './http/draining';
import { CATALOGUE, LanguageDesk } from './languages/language.desk';
import { LanguagesController } from './languages/languages.controller';
import { LIMIT_CAPS } from './languages/limit.caps';
import { RunnerRoster } from './languages/runner.roster';
import { Cancellations } from './live/cancellations';
import type { ServerTimeouts } from './http/server.options';
import { EventsController } from './live/events.controller';
import { RunInputs } from './live/run.inputs';
import { RunOpener } from './live/run.opener';
import { RunSocketController } from './live/run.socket.controller';
import { RunSockets, SOCKET_OPTIONS, type SocketOptions } from './live/run.sockets';
import { RunSources } from './live/run.sources';
import { RunWatches } from './live/run.watches';
import { DocsController } from './openapi/docs.controller';
import { LinkPages } from './share/link.pages';
import { ShareController } from './share/share.controller';
import { GatewayMetrics } from './metrics/gateway.metrics';
import { METRICS_FROM, MetricsAccess } from './metrics/metrics.access';
import { MetricsController } from './metrics/metrics.controller';
import { RENDER_DEFAULTS, RENDER_OPTIONS, RenderPool, type RenderOptions } from './rendering/render.pool';
import { RunHistory } from './status/run.history';
import { StatusController } from './status/status.controller';
import { StatusDesk } from './status/status.desk';
import { DeletionDesk } from './submissions/deletion.desk';
import { ResultDesk } from './submissions/result.desk';
import { SubmissionDesk } from './submissions/submission.desk';
import { SubmissionsController } from './submissions/submissions.controller';
import { LinkDesk } from './urls/link.desk';
import { OpenLinks } from './urls/open.links';
import { CONFIGURED_PUBLIC_URL, PublicUrl } from './urls/public.url';
import { SharedRunController } from './urls/shared.run.controller';
import { UrlsController } from './urls/urls.controller';
import { ResultWaiters } from './waiting/result.waiters';
import { WEB_DIR, WebBuild } from './web/web.build';
import { WebController } from './web/web.controller';

@Module({})
export class GatewayModule {
  static forRoot(
    config: Config<'gateway'>,
    { pulse }: Pick<ServerTimeouts, 'pulse'>,
    rendering: Partial<RenderOptions> = {},
  ): DynamicModule {
    const nats = natsOptions(config, 'gateway');
    return {
      module: GatewayModule,
      imports: [MessagingModule.forRoot(nats)],
      controllers: [
        SubmissionsController,
        EventsController,
        RunSocketController,
        UrlsController,
        SharedRunController,
        LanguagesController,
        ShareController,
        DownloadsController,
        CardController,
        EmbedController,
        OEmbedController,
        GatewayHealthController,
        MetricsController,
        StatusController,
        DocsController,
        WebController,
      ],
      providers: [
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: RpcTransport, useFactory: () => new RpcTransport(nats) },
        {
          provide: RpcClient,
          useFactory: (transport: RpcTransport) => new RpcClient(transport, config.GATEWAY_RPC_TIMEOUT_MS),
          inject: [RpcTransport],
        },
        { provide: CATALOGUE, useFactory: () => loadCatalogue(config.LANGUAGES_DIR) },
        { provide: LIMIT_CAPS, useValue: capsOf(config) },
        {
          provide: WRITE_RATE,
          useValue: { perSecond: config.GATEWAY_CLIENT_RATE_PER_S, burst: config.GATEWAY_CLIENT_BURST },
        },
        {
          provide: READ_RATE,
          useValue: {
            perSecond: config.GATEWAY_CLIENT_READ_RATE_PER_S,
            burst: config.GATEWAY_CLIENT_READ_BURST,
          },
        },
        { provide: Budgets, useFactory: () => new Budgets(config) },
        {
          provide: SOCKET_OPTIONS,
          useFactory: ({ messageBytes }: Budgets): SocketOptions => ({ maxPayload: messageBytes, pulse }),
          inject: [Budgets],
        },
        { provide: CONFIGURED_PUBLIC_URL, useValue: config.GATEWAY_PUBLIC_URL },
        { provide: METRICS_FROM, useValue: config.GATEWAY_METRICS_FROM },
        {
          provide: RENDER_OPTIONS,
          useValue: { ...RENDER_DEFAULTS, languagesDir: config.LANGUAGES_DIR, ...rendering },
        },
        { provide: WEB_DIR, useValue: config.GATEWAY_WEB_DIR },
        {
          provide: READINESS_CHECKS,
          useFactory: readinessChecks,
          inject: [NatsConnection, RpcClient, RunnerRoster],
        },
        Cancellations,
        DeletionDesk,
        Draining,
        GatewayMetrics,
        GatewayReadiness,
        LanguageDesk,
        CardStudio,
        LinkDesk,
        LinkPages,
        OpenLinks,
        PublicUrl,
        ReadRate,
        RenderPool,
        MetricsAccess,
        Readiness,
        ResultDesk,
        ResultWaiters,
        RunnerRoster,
        RunHistory,
        RunInputs,
        RunOpener,
        RunSockets,
        RunSources,
        RunWatches,
        StatusDesk,
        SubmissionDesk,
        WebBuild,
        WriteRate,
      ],
    };
  }
}

function capsOf(config: Config<'gateway'>): Limits {
  return {
    cpu_time_ms: config.GATEWAY_CAP_CPU_TIME_MS,
    wall_time_ms: config.GATEWAY_CAP_WALL_TIME_MS,
    memory_bytes: config.GATEWAY_CAP_MEMORY_BYTES,
    output_bytes: config.GATEWAY_CAP_OUTPUT_BYTES,
    processes: config.GATEWAY_CAP_PROCESSES,
    files_bytes: config.GATEWAY_CAP_FILES_BYTES,
  };
}
