// @ts-check
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. Every tool works on it, wherever it was called from. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
