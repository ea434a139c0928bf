const { EOL } = require('node:os');

function main(): void {
  process.stdout.write('main' + EOL);
}

if (require.main === module) main();
