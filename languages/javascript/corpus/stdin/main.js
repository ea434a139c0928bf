const lines = require('node:fs').readFileSync(0, 'utf8').split('\n');
lines.forEach((line, index) => console.log(`${index + 1}: ${line.toUpperCase()}`));
