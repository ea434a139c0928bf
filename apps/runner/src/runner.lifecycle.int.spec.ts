import { Test } from '@nestjs/testing';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORK_STREAM, workConsumer } from '@runbin/contracts/subjects';
import { NatsConnection } from '@runbin/messaging/nats.connection';
import { Topology } from '@runbin/messaging/topology';
import { loadConfig } from '@runbin/platform/config';
import { NatsServer } from '../../../libs/messaging/test/nats.server';
import { RunnerModule } from './runner.module';

const SOURCES = 'apps/runner/supervisor';

let server: NatsServer;
let nats: NatsConnection;
let directory: string;

beforeAll(async () => {
  server = await NatsServer.start();
  nats = new NatsConnection({ servers: [server.url] });
  await nats.onModuleInit();
  await new Topology(nats).ensureWork(['bash']);
  directory = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  chmodSync(directory, 0o755);
});

afterAll(async () => {
  await nats.onApplicationShutdown();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The supervisor of our sources, but for the system call filter. */
function supervisorWithoutFilter(): string {
  const path = join(directory, 'supervisor');
  writeFileSync(`${path}.c`, 'int __wrap_seccomp_load(void) { return 0; }\n');
  const sources = readdirSync(SOURCES).filter((file) => file.endsWith('.c'));
  const files = [`${path}.c`, ...sources.map((file) => join(SOURCES, file))];
  execFileSync('gcc', ['-static', '-std=gnu11', '-w', '-Wl,--wrap=seccomp_load', '-o', path, ...files]);
  return path;
}

it('does not start behind a wall that does not hold, and takes no work', async () => {
  nats.core.publish('work.bash.00000000-0000-7000-8000-000000000001', '{}');
  await nats.core.flush();
  const config = loadConfig('runner', {
    NATS_URL: server.url,
    RUNNER_LANGUAGES: 'bash',
    RUNNER_SUPERVISOR_PATH: supervisorWithoutFilter(),
  });
  const runner = await Test.createTestingModule({ imports: [RunnerModule.for(config)] }).compile();
  try {
    await expect(runner.init()).rejects.toThrow(/^walls that do not hold:\n {2}system call filter: /);
  } finally {
    await runner.close();
  }

  const manager = await nats.manager();
  const consumer = await manager.consumers.info(WORK_STREAM, workConsumer('bash'));
  expect(consumer).toMatchObject({ num_pending: 1, num_ack_pending: 0, delivered: { consumer_seq: 0 } });
});
