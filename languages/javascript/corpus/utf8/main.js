console.log('Grüße, мир, 你好, 🌍');
process.stdout.write(require('node:fs').readFileSync(0, 'utf8'));
