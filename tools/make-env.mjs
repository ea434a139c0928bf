// @ts-check
// `npm run compose:env`: writes .env for docker-compose.yml, with secrets of its own. Never changes one that is there.
import { existsSync } from 'node:fs';
import { ENV_FILE, writeEnvFile } from './lib/env.file.mjs';
import { runTool } from './lib/failure.mjs';

await runTool(async () => {
  if (existsSync(ENV_FILE)) return console.log('.env is there already; nothing changed.');
  writeEnvFile();
  console.log('Wrote .env. Next: docker compose up --build --wait');
});
