import { readFileSync } from 'node:fs';
import { double } from './lib/double.mjs';

const text = await Promise.resolve(readFileSync(0, 'utf8'));
console.log(double(Number(text)));
