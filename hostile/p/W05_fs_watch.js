// Control: fs.watch, and a watch over a folder.
const fs = require('node:fs');

let left = 2;
for (const place of ['/box', '/tmp']) {
  const watcher = fs.watch(place, (event, name) => {
    if (name !== 'seen') return;
    watcher.close();
    if (--left === 0) console.log('DONE');
  });
  fs.writeFileSync(`${place}/seen`, 'x');
}
