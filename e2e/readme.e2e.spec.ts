import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { useSystem } from './system';

const exec = promisify(execFile);

/** Values that are another each time. What the README prints for them stands for what was answered here. */
const VOLATILE = new Set(['submission_id', 'created_at', 'owner_token', 'unique_url', 'language_version']);

interface Step {
  command: string;
  printed: string;
}

/** The curl commands of the README's console blocks, each with what it prints there. */
function steps(readme: string): Step[] {
  const found: Step[] = [];
  for (const [, block = ''] of readme.matchAll(/^```console\n(.*?)^```$/gms)) {
    // A command starts at the prompt and goes on after a backslash; what follows is what it prints.
    for (const [, command = '', printed = ''] of block.matchAll(
      /^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm,
    )) {
      if (command.startsWith('curl ')) found.push({ command, printed });
    }
  }
  return found;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Holds an answer to what was printed, and remembers what the volatile values of the print stand for. */
function compare(printed: Json, answered: Json, known: Map<string, string>): void {
  for (const [key, value] of Object.entries(printed)) {
    const actual = answered[key];
    if (isObject(value) && isObject(actual)) compare(value, actual, known);
    else if (VOLATILE.has(key) || (key === 'code' && 'unique_url' in printed))
      known.set(String(value), String(actual));
    else expect({ [key]: actual }).toEqual({ [key]: value });
  }
}

const system = useSystem();

it('the session of the README works as printed', async () => {
  const session = steps(readFileSync(path.join(__dirname, '../README.md'), 'utf8'));
  expect(session.length).toBeGreaterThanOrEqual(4);
  const known = new Map([['localhost:3000', new URL(system.client.url).host]]);
  for (const { command, printed } of session) {
    const now = [...known].reduce((text, [before, after]) => text.replaceAll(before, after), command);
    const { stdout } = await exec('bash', ['-c', now]);
    // An ellipsis stands for fields that are left out.
    const wanted = JSON.parse(printed.replaceAll(/,? …/g, '')) as Json;
    compare(wanted, JSON.parse(stdout) as Json, known);
  }
});
