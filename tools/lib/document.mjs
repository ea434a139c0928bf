// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './root.mjs';

/**
 * Writes lines between the two marks of a document (`<!-- name:begin -->` and `<!-- name:end -->`).
 * @param {string} document path
 * @param {string} name
 * @param {string[]} lines
 */
export async function writeBetween(document, name, lines) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const before = readFileSync(document, 'utf8');
  const [head] = before.split(begin, 1);
  const tail = before.split(end)[1];
  if (tail === undefined) throw new Error(`${document} lacks ${begin} or ${end}`);
  const after = `${head}${begin}\n\n${lines.join('\n')}\n\n${end}${tail}`;
  const style = await resolveConfig(document);
  writeFileSync(document, await format(after, { ...style, filepath: document }));
  console.log(`written to ${path.relative(ROOT, document)}`);
}
