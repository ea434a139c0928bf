// @ts-check
/**
 * Commands that root starts as users who are not root.
 *
 * Each part of Runbin has a user id of its own, a number without an account. What it needs may lie below directories that only
 * root can enter: a clone in /root, a data directory of mode 700. So the command gets a mount namespace in which such a directory
 * is covered by an empty one, and what the command needs is bound into it at its own path: paths mean the same inside and
 * outside, and everything else below the directory is out of sight. Nothing is copied and no mode is changed.
 */
import { lchownSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** Just below the ids that the runner gives to sandboxes (RUNNER_UID_BASE). @type {Record<string, number>} */
export const UIDS = {
  postgres: 63_999,
  nats: 63_998,
  gateway: 63_997,
  submission: 63_996,
  result: 63_995,
  url: 63_994,
  runner: 63_993,
};

/** Of root alone; in the namespace of a command what it needs is held there for a moment. */
const STAGE = '/run/runbin/stage';
const EMPTY = 'mode=755,size=64k,nosuid,nodev';

const ENTER = `
set -eu
umask 022
uid=$1 groups=$2 signal=$3; shift 3
if [ "$1" != -- ]; then mount -t tmpfs -o ${EMPTY} stage ${STAGE}; fi
kept=0 shown=0
while [ "$1" != -- ]; do
  case $1 in
    keep)
      held=${STAGE}/$kept; kept=$((kept + 1))
      if [ -d "$2" ]; then mkdir "$held"; else : >"$held"; fi
      mount --bind "$2" "$held" ;;
    cover) mount -t tmpfs -o ${EMPTY} cover "$2" ;;
    show)
      held=${STAGE}/$shown; shown=$((shown + 1))
      if [ -d "$held" ]; then mkdir -p "$2"; else mkdir -p "\${2%/*}"; : >"$2"; fi
      mount --move "$held" "$2" ;;
    passwd) mount --bind "$2" /etc/passwd ;;
  esac
  shift 2
done
shift
if [ $kept != 0 ]; then umount ${STAGE}; fi
if [ -n "$groups" ]; then groups="--groups $groups"; else groups=--clear-groups; fi
exec setpriv --reuid "$uid" --regid "$uid" $groups --no-new-privs --bounding-set -all --inh-caps -all \\
  --pdeathsig "$signal" -- "$@"`;

export function isRoot() {
  return process.getuid?.() === 0;
}

/**
 * @typedef {object} User who runs a command, and what of the file system it needs
 * @property {number} uid its group has the same number
 * @property {number[]} [groups] further ones
 * @property {NodeJS.Signals} signal that it gets when we end
 * @property {string[]} paths absolute, of what has to be reached; what is not there is left out
 * @property {string} [passwd] a file that takes the place of /etc/passwd
 */

/**
 * The command that enters the namespace, becomes the user and runs `program`, all as one process.
 * @param {User} user
 * @param {string} program its absolute path
 * @param {string[]} args
 */
export function asUser({ uid, groups = [], signal, paths, passwd }, program, args) {
  const [real = program] = realPaths(program);
  const steps = [
    ...(passwd === undefined ? [] : [['passwd', passwd]]), // before what it lies in is covered
    ...viewSteps([...new Set([real, ...paths.flatMap(realPaths)])], (directory) => canEnter(directory, uid)),
  ];
  if (steps.length > 0) mkdirSync(STAGE, { recursive: true, mode: 0o755 });
  const who = [String(uid), groups.join(','), signal.replace('SIG', '')];
  const command = ['sh', '-c', ENTER, 'sh', ...who, ...steps.flat(), '--', real, ...args];
  return { program: 'unshare', args: ['--mount', '--propagation', 'slave', '--', ...command] };
}

/**
 * Which directories are covered, and what is bound into them, in order.
 * @param {string[]} paths without links
 * @param {(directory: string) => boolean} isOpen whether the user can enter a directory
 * @returns {[kind: string, path: string][]}
 */
export function viewSteps(paths, isOpen) {
  /** @type {[string, string][]} */
  const steps = [];
  for (const wanted of [...paths].sort()) {
    const nearest = (/** @type {string} */ one) =>
      steps
        .filter(([, at]) => one === at || one.startsWith(`${at}/`))
        .sort(([, a], [, b]) => a.length - b.length)
        .at(-1)?.[0];
    for (const directory of ancestors(wanted)) {
      if (nearest(directory) !== 'cover' && !isOpen(directory)) steps.push(['cover', directory]);
    }
    if (nearest(wanted) === 'cover') steps.push(['show', wanted]);
  }
  const shown = steps.filter(([kind]) => kind === 'show').map(([, at]) => at);
  return [...shown.map((at) => /** @type {[string, string]} */ (['keep', at])), ...steps];
}

/**
 * Gives a directory of ours to a user, with all that it holds; makes it when it is not there. What root owned, of before
 * services had users of their own, is taken over. Links are not followed: they change their owner themselves.
 * @param {string} directory in one that root alone can enter
 * @param {number} uid
 */
export function giveTo(directory, uid) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid: owner } = lstatSync(directory);
  if (owner === uid) return;
  // From the bottom up: until its directory has changed hands nobody else can reach an entry.
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) giveTo(file, uid);
    else lchownSync(file, uid, uid);
  }
  lchownSync(directory, uid, uid);
}

/** @param {string} file */
function realPaths(file) {
  try {
    return [realpathSync(file)];
  } catch {
    return [];
  }
}

/**
 * @param {string} directory
 * @param {number} uid
 */
function canEnter(directory, uid) {
  const { mode, uid: owner, gid } = statSync(directory);
  return (mode & (owner === uid ? 0o100 : gid === uid ? 0o010 : 0o001)) !== 0;
}

/** From the top down, without the root. @param {string} file */
function ancestors(file) {
  const segments = file.split('/').slice(1, -1);
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`);
}
