import fs from 'node:fs';

interface Seen {
  readonly argv: string[];
}
const seen: Seen = { argv: process.argv };
console.log(seen, process.execArgv, process.cwd(), import.meta.url, process.pid, process.ppid);
console.log(process.env, fs.readFileSync('/proc/self/cmdline', 'latin1'));
console.log(
  (process as unknown as { moduleLoadList: string[] }).moduleLoadList.length,
  Object.getOwnPropertyNames(globalThis),
);
console.log(fs.readFileSync('/proc/self/limits', 'latin1'));
console.log(
  fs
    .readFileSync('/proc/self/status', 'latin1')
    .split('\n')
    .filter((line) => /^(Sig|Shd|Cap|NoNew|Seccomp|Uid|Gid)/.test(line)),
);
console.log(fs.readdirSync('/proc/self/fd').length);
for (const directory of ['/box', '/box/.out', '/tmp', '/dev/shm', '/'])
  console.log(fs.readdirSync(directory));
console.log(fs.readFileSync(0, 'utf8'));
console.log(await Promise.resolve(new Error('here').stack));
throw new TypeError('the end');
