'use strict';
const fs = require('node:fs');
const status = fs.statSync(__filename);
console.log(
  __filename,
  __dirname,
  require.main === module,
  module.paths,
  module.parent,
  Object.keys(require.cache),
);
console.log(
  process.argv,
  process.execArgv,
  process.execPath,
  process.cwd(),
  process.title,
  process.pid,
  process.ppid,
);
console.log(
  process.env,
  fs.readFileSync('/proc/self/environ', 'latin1'),
  fs.readFileSync('/proc/self/cmdline', 'latin1'),
);
console.log(process.moduleLoadList, Object.getOwnPropertyNames(globalThis));
console.log(process.eventNames(), process.listenerCount('SIGTERM'), process.umask());
console.log(
  fs
    .readFileSync('/proc/self/status', 'latin1')
    .split('\n')
    .filter((line) => /^(Sig|Shd|Cap|NoNew|Seccomp|Uid|Gid)/.test(line)),
);
console.log(fs.readFileSync('/proc/self/limits', 'latin1'));
for (const fd of [0, 1, 2]) console.log(fs.readlinkSync(`/proc/self/fd/${fd}`).split(':')[0]);
console.log(fs.readdirSync('/proc/self/fd').length);
for (const directory of ['/box', '/tmp', '/dev/shm', '/']) console.log(fs.readdirSync(directory));
console.log(status.mode, status.nlink, status.size, status.uid, fs.statfsSync('/box').blocks);
console.log(fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)));
console.log(
  fs
    .readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .map((line) => line.split(' ')[4]),
);
console.log(fs.readFileSync(0, 'utf8'), process.stdin.isTTY);
console.log(new Error('here').stack);
throw new TypeError('the end');
