// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { ROOT } from './root.mjs';
import { randomSecret } from './secrets.mjs';

export const ENV_FILE = path.join(ROOT, '.env');

/** Makes .env of .env.example. Only its owner may read it. */
export function writeEnvFile() {
  writeFileSync(ENV_FILE, freshEnv(), { mode: 0o600, flag: 'wx' });
}

/** The variables of a .env of its own, for containers that live for one test run. */
export function freshEnvironment() {
  return parseEnv(freshEnv());
}

/** .env.example, in which every empty variable is a secret and gets one, for this machine's cgroups. */
function freshEnv() {
  const example = readFileSync(path.join(ROOT, '.env.example'), 'utf8');
  const filled = example.replace(/^(\w+)=$/gm, (_, name) => `${name}=${randomSecret()}`);
  return hasCgroupV1() ? filled.replace(/^#(COMPOSE_FILE=)/m, '$1') : filled;
}

/** Version 2 has one tree, and this file in its root. */
function hasCgroupV1() {
  return !existsSync('/sys/fs/cgroup/cgroup.controllers');
}
