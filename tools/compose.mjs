// @ts-check
// `npm run compose:up`: builds and starts the containers and waits until all are ready. Arguments are passed on,
// for example `npm run compose:up -- --scale runner=2`.
import { existsSync } from 'node:fs';
import { runVisibly } from './lib/command.mjs';
import { ENV_FILE, writeEnvFile } from './lib/env.file.mjs';
import { Failure, runTool } from './lib/failure.mjs';

await runTool(async () => {
  if (!existsSync(ENV_FILE)) writeEnvFile();
  const code = await runVisibly('docker', ['compose', 'up', '--build', '--wait', ...process.argv.slice(2)]);
  if (code !== 0) throw new Failure(`docker compose failed (${code}). Its logs: docker compose logs`);
});
