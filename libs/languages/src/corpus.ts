import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type CorpusCase, CorpusCaseSchema } from './language';

const WANT_FILE = 'want.json';

/** A program and what must come out when it is run. */
export interface Case {
  readonly name: string;
  /** As they are submitted: the entry first. */
  readonly files: readonly { readonly name: string; readonly content: Buffer }[];
  readonly want: CorpusCase;
}

/**
 * The cases of one language, ordered by name.
 * @param dir folder with one folder per language
 * @throws Error naming the file that is wrong
 */
export function loadCorpus(dir: string, id: string): Case[] {
  const corpus = path.join(dir, id, 'corpus');
  return readdirSync(corpus)
    .sort()
    .map((name) => readCase(path.join(corpus, name), name));
}

function readCase(folder: string, name: string): Case {
  const wantFile = path.join(folder, WANT_FILE);
  const parsed = CorpusCaseSchema.safeParse(JSON.parse(readFileSync(wantFile, 'utf8')));
  if (!parsed.success) throw new Error(`${wantFile}: ${z.prettifyError(parsed.error)}`);
  const { entry } = parsed.data;

  const names = filesBelow(folder).filter((file) => file !== WANT_FILE);
  if (!names.includes(entry)) throw new Error(`${wantFile}: entry: there is no file "${entry}" beside it`);
  const ordered = [entry, ...names.filter((file) => file !== entry)];
  return {
    name,
    files: ordered.map((file) => ({ name: file, content: readFileSync(path.join(folder, file)) })),
    want: parsed.data,
  };
}

/** Paths of the files below a folder, relative to it, in order. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
