import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { logLevels } from '@runbin/platform/bootstrap';
import { OPERATIONS } from '@runbin/contracts/operations';
import type { Config } from '@runbin/platform/config';
import { admitRequests } from './admission/admission.hooks';
import { Budgets } from './admission/budgets';
import { limitGuesses } from './admission/link.guesses';
import { clientAt } from './admission/client';
import { ReadRate } from './admission/read.rate';
import { WriteRate } from './admission/write.rate';
import { GatewayModule } from './gateway.module';
import { Draining } from './http/draining';
import { Connections } from './http/connections';
import { guardHosts, Hosts } from './http/hosts';
import { Networks } from './http/networks';
import { guardOrigins, Origins } from './http/origins';
import { guardRequests } from './http/request.guard';
import { countRefusals } from './metrics/count.refusals';
import { GatewayMetrics } from './metrics/gateway.metrics';
import type { RenderOptions } from './rendering/render.pool';
import { SERVER_TIMEOUTS, serverOptions } from './http/server.options';
import { routeUpgrades } from './http/upgrades';
import { serveWebFiles } from './web/web.files';

/** The gateway, complete but not listening yet. */
export async function createGateway(
  config: Config<'gateway'>,
  timeouts = SERVER_TIMEOUTS,
  rendering: Partial<RenderOptions> = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(serverOptions(timeouts, config.GATEWAY_TRUSTED_PROXIES));
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot(config, timeouts, rendering),
    adapter,
    {
      // The guard brings its own parser, which is stricter than the framework's.
      bodyParser: false,
      logger: logLevels(config.LOG_LEVEL),
      abortOnError: false,
    },
  );
  const bodyBytes = config.GATEWAY_BODY_BYTES;
  const proxies = new Networks(config.GATEWAY_TRUSTED_PROXIES);
  connectionsOf(config, proxies).watch(adapter.getInstance().server);
  guardHosts(adapter.getInstance(), new Hosts(config.GATEWAY_HOSTS, config.GATEWAY_PUBLIC_URL), proxies);
  guardRequests(adapter.getInstance(), bodyBytes, app.get(Draining));
  routeUpgrades(adapter.getInstance(), OPERATIONS.openRunSocket.path);
  const origins = new Origins(config.GATEWAY_ALLOWED_ORIGINS, config.GATEWAY_PUBLIC_URL);
  guardOrigins(adapter.getInstance(), origins);
  const [writes, reads, budgets] = [app.get(WriteRate), app.get(ReadRate), app.get(Budgets)];
  await serveWebFiles(adapter.getInstance(), config.GATEWAY_WEB_DIR);
  limitGuesses(adapter.getInstance());
  admitRequests(adapter.getInstance(), { writes, reads, budgets, bodyBytes, timeouts });
  countRefusals(adapter.getInstance(), app.get(GatewayMetrics));
  return app;
}

/** A proxy holds connections for all who come through it. */
function connectionsOf(config: Config<'gateway'>, proxies: Networks): Connections {
  const limits = { total: config.GATEWAY_CONNECTIONS_MAX, perClient: config.GATEWAY_CLIENT_CONNECTIONS_MAX };
  return new Connections(limits, ({ remoteAddress = '' }) => {
    const client = clientAt(remoteAddress);
    return proxies.includes(remoteAddress) ? { ...client, isBounded: false } : client;
  });
}
