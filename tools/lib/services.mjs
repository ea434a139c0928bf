// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { environmentFor } from './apps.mjs';
import { ROOT } from './root.mjs';
import { makeRunnerPlaces } from './runner.places.mjs';
import { asUser, isRoot, UIDS } from './unprivileged.mjs';
import { mainOf } from './workspace.mjs';

/** A service gets this much more than its own grace before it is killed. */
const STOP_GRACE_MS = 15_000;
const STOP_SIGNAL = 'SIGTERM';
/** Users without an account have no home, and some libraries look for one. */
const NO_HOME = '/nonexistent';
/** Host ids of sandboxes, from RUNNER_UID_BASE on, as its description has it. */
const UID_BASE = 64_000;
const SANDBOX_IDS = 8193;
/** What services read of a clone. */
const CODE = ['dist', 'dist/apps', 'languages', 'node_modules', 'package.json', 'deploy'];
const OPEN = 0o044;

/**
 * One service as a process: with its own part of our environment and its own secrets, and nothing else. Where root starts
 * it, it is a user of its own.
 * @param {string} app
 * @param {Record<string, string | undefined>} defaults for what the person has not set
 * @param {Record<string, string | undefined>} decided whatever the person has set
 * @param {{root?: string, dataDir: string, name?: string}} place `root`: of the clone whose build it is; `dataDir`: that
 *   it works for, absolute; `name`: of one of several runners that work for it
 * @returns {import('./supervised.process.mjs').ProcessSpec & {places?: import('./runner.places.mjs').Places}}
 */
export function serviceSpec(app, defaults, decided, { root = ROOT, dataDir, name = app }) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    PATH: process.env.PATH,
    HOME: NO_HOME,
    // Whoever reads our output through a pipe wants text.
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
    ...defaults,
    ...environmentFor(app, process.env),
    ...decided,
  };
  /** @type {import('./supervised.process.mjs').ProcessSpec} */
  const spec = {
    name,
    program: process.execPath,
    // Without source maps: reading those of every package costs a third of the start.
    args: [mainOf(app, root)],
    env,
    cwd: root,
    stopSignal: STOP_SIGNAL,
    stopGraceMs: STOP_GRACE_MS,
  };
  if (!isRoot()) return spec;
  letRead(root);
  if (app !== 'runner') return { ...spec, ...dropped(app, spec) };
  if (env.RUNNER_ENGINE === 'docker')
    return { ...spec, ...dropped(app, spec, daemonGroups(env.RUNNER_DOCKER_HOST)) };
  // A release before this one starts its launcher itself, which takes root.
  if (!existsSync(path.join(root, 'apps/runner/launcher/runner.c'))) return spec;
  return launched(spec, dataDir);
}

/**
 * @param {string} app
 * @param {import('./supervised.process.mjs').ProcessSpec} spec
 * @param {number[]} [groups]
 */
function dropped(app, { program, args, env, cwd }, groups = []) {
  const uid = /** @type {number} */ (UIDS[app]);
  const named = Object.entries(env).flatMap(([name, value]) =>
    /_(DIRS?|PATH|FILE)$/.test(name) && value ? value.split(',').map((one) => path.resolve(cwd, one)) : [],
  );
  return asUser({ uid, groups, signal: STOP_SIGNAL, paths: [cwd, ROOT, ...named] }, program, args);
}

/**
 * The runner as a child of its launcher: that needs root, to give sandboxes users of their own, and the runner does not.
 * @param {import('./supervised.process.mjs').ProcessSpec} spec
 * @param {string} dataDir
 */
function launched(spec, dataDir) {
  const { RUNNER_LAUNCHER_PATH, RUNNER_UID_BASE, RUNNER_CGROUP_DIR } = spec.env;
  const uid = /** @type {number} */ (UIDS.runner);
  const places = makeRunnerPlaces(dataDir, spec.name, uid, RUNNER_CGROUP_DIR || undefined);
  /** @type {NodeJS.ProcessEnv} */
  const env = {
    ...spec.env,
    RUNNER_RUNTIME_DIR: places.runtimeDir,
    RUNNER_LAUNCHER_SOCKET: places.socket,
    // A directory that is none: the runner is to look for no other.
    RUNNER_CGROUP_DIR: places.cgroupDir ?? path.join(places.runtimeDir, 'no-cgroup'),
  };
  const { program, args } = dropped('runner', { ...spec, env });
  const launcher = path.resolve(spec.cwd, RUNNER_LAUNCHER_PATH || 'dist/launcher');
  const ids = [String(RUNNER_UID_BASE || UID_BASE), String(SANDBOX_IDS)];
  return {
    ...spec,
    env,
    places,
    program: launcher,
    args: [places.socket, places.devicesDir, String(uid), ...ids, program, ...args],
  };
}

/** The group that may write to the daemon's socket. @param {string | undefined} host */
function daemonGroups(host = 'unix:///var/run/docker.sock') {
  const socket = host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return socket !== undefined && existsSync(socket) ? [statSync(socket).gid] : [];
}

/**
 * Lets everybody read the code, as a clone that was made with an umask of 022 does. Who can reach it is decided by the
 * directories above.
 * @param {string} root
 */
function letRead(root) {
  for (const name of CODE) {
    const file = path.join(root, name);
    const { mode } = lstatSync(file, { throwIfNoEntry: false }) ?? { mode: OPEN };
    if ((mode & OPEN) !== OPEN) spawnSync('chmod', ['-R', 'go+rX', '--', file]);
  }
}
