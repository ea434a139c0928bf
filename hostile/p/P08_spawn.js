// 500 processes at once, errors ignored, and the loop never waits.
const { spawn } = require('node:child_process');
let refused = 0;
for (let i = 0; i < 500; i++) {
  try {
    spawn('sleep', ['15'], { stdio: 'ignore' }).on('error', () => refused++);
  } catch {
    refused++;
  }
}
setTimeout(() => {
  console.log(refused > 0 ? `BLOCKED ${refused} of 500` : 'ESCAPED 500 processes');
  process.exit(0);
}, 1000);
