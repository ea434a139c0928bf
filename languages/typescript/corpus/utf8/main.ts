import { readFileSync } from 'node:fs';

console.log('Grüße, мир, 你好, 🌍');
process.stdout.write(readFileSync(0, 'utf8'));
