import { configOrExit, exitOnFault, stopOnSignals } from '@runbin/platform/bootstrap';
import { Logger } from '@nestjs/common';
import { createGateway } from './gateway';

async function main(): Promise<void> {
  const config = configOrExit('gateway');
  const app = await createGateway(config);
  stopOnSignals(app, 'gateway');
  await app.listen(config.PORT, config.GATEWAY_HOST);
  new Logger('gateway').log(`ready on ${await app.getUrl()}`);
}

exitOnFault('gateway');
void main();
