// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './root.mjs';
import { randomSecret } from './secrets.mjs';

export const ENV_FILE = path.join(ROOT, '.env');

/** Makes .env of .env.example: every empty variable is a secret and gets one. Only its owner may read it. */
export function writeEnvFile() {
  const example = readFileSync(path.join(ROOT, '.env.example'), 'utf8');
  let text = example.replace(/^(\w+)=$/gm, (_, name) => `${name}=${randomSecret()}`);
  if (hasCgroupV1()) text = text.replace(/^#(COMPOSE_FILE=)/m, '$1');
  writeFileSync(ENV_FILE, text, { mode: 0o600, flag: 'wx' });
}

/** Version 2 has one tree, and this file in its root. */
function hasCgroupV1() {
  return !existsSync('/sys/fs/cgroup/cgroup.controllers');
}
