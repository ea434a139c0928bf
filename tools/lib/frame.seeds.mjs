// @ts-check
/**
 * Conversations with the supervisor for its fuzzer to start from: each kind of frame, and each order that makes sense
 * (apps/runner/supervisor/protocol.h).
 */

const MERGE_STDERR = 1;
const DISCARD_OVERFLOW = 2;
const SAMPLE_MEMORY = 4;
const LIMIT_PROCESSES = 8;
const MOUNT_FILES = 16;
/** The sandbox that it is fuzzed in has one user id. */
const SHARE_IDS = 32;

/**
 * @param {string} type
 * @param {Buffer | string} [body]
 */
function frame(type, body = '') {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(5);
  header.write(type, 'latin1');
  header.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

/** @param {number} flags */
function setup(flags, { outputBytes = 1000, filesBytes = 1 << 20 } = {}) {
  const numbers = [200, 200, outputBytes, 64 << 20, 16, filesBytes, 64, flags | SHARE_IDS];
  const body = Buffer.alloc(numbers.length * 8);
  numbers.forEach((number, index) => body.writeBigUInt64LE(BigInt(number), index * 8));
  return frame('L', body);
}

/** @param {...string} argv */
function exec(...argv) {
  const counts = Buffer.alloc(4);
  counts.writeUInt16LE(argv.length, 0);
  counts.writeUInt16LE(1, 2);
  return frame('X', Buffer.concat([counts, Buffer.from(`${argv.join('\0')}\0PATH=/usr/bin:/bin\0`)]));
}

/**
 * @param {string} name
 * @param {string} content
 */
function file(name, content, mode = 0o755) {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(mode, 0);
  head.writeUInt16LE(name.length, 2);
  return frame('F', Buffer.concat([head, Buffer.from(name + content)]));
}

const go = frame('G');

/** @type {Record<string, Buffer[]>} */
export const SEEDS = {
  hello: [setup(MOUNT_FILES), exec('echo', 'hello'), go, frame('E')],
  asked: [setup(MOUNT_FILES), frame('P'), exec('cat'), go, frame('P'), frame('E'), frame('P')],
  files: [
    setup(MOUNT_FILES | MERGE_STDERR),
    exec('sh', 'lib/main.sh'),
    frame('D', 'lib/deep'),
    file('lib/main.sh', 'cat deep/x; exit 3'),
    file('lib/deep/x', 'x'.repeat(100)),
    go,
  ],
  input: [setup(0), exec('cat'), go, frame('I', 'one\n'), frame('I', 'two\n'), frame('E')],
  signal: [setup(SAMPLE_MEMORY | LIMIT_PROCESSES), exec('sleep', '9'), go, frame('S', '\x0f')],
  terminal: [
    setup(MOUNT_FILES),
    exec('sh', '-c', 'stty size; cat'),
    frame('T', '\x50\0\x18\0'),
    go,
    frame('T', '\x20\0\x10\0'),
    frame('I', 'typed\n\x04'),
  ],
  flood: [setup(DISCARD_OVERFLOW, { outputBytes: 10 }), exec('sh', '-c', 'ls /usr/bin; ls -l / >&2'), go],
  artifacts: [
    setup(MOUNT_FILES),
    exec('sh', '-c', 'mkdir -p out/a; echo x >out/a/f; ln -s / out/l'),
    frame('D', 'out'),
    frame('C', 'out'),
    go,
    frame('E'),
  ],
  full: [setup(MOUNT_FILES, { filesBytes: 8192 }), exec('true'), file('big', 'x'.repeat(16_000)), go],
  parked: [
    setup(MOUNT_FILES),
    exec('sh', 'main.sh'),
    frame('K', 'main.sh\0'),
    frame('W'),
    file('main.sh', 'echo parked'),
    go,
  ],
  'parked late': [
    setup(MOUNT_FILES),
    exec('sh', '-c', 'cat /etc/hostname; cat main.sh'),
    frame('K', 'main.sh\0/usr/share/dict'),
    frame('W'),
    setup(MOUNT_FILES, { filesBytes: 2 << 20 }),
    file('main.sh', 'late'),
    go,
  ],
  missing: [setup(0), exec('no-such-program'), go],
};
