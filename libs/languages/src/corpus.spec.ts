import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadCorpus } from './corpus';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'corpus-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(name: string, content: string | Buffer): void {
  const file = path.join(dir, 'lua', 'corpus', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

test('loads cases in order, each with its files, the entry first', () => {
  const bytes = Buffer.from([0, 255, 10]);
  write('two/want.json', '{"entry": "main.lua", "status": "succeeded", "stdout": "x"}');
  write('two/a.bin', bytes);
  write('two/main.lua', 'print("x")');
  write('two/lib/want.json', '{}');
  write('one/want.json', '{"entry": "main.lua", "status": "runtime_error", "stdin": "in", "args": ["a"]}');
  write('one/main.lua', 'error()');

  expect(loadCorpus(dir, 'lua')).toEqual([
    {
      name: 'one',
      files: [{ name: 'main.lua', content: Buffer.from('error()') }],
      want: { entry: 'main.lua', status: 'runtime_error', stdin: 'in', args: ['a'] },
    },
    {
      name: 'two',
      files: [
        { name: 'main.lua', content: Buffer.from('print("x")') },
        { name: 'a.bin', content: bytes },
        { name: 'lib/want.json', content: Buffer.from('{}') },
      ],
      want: { entry: 'main.lua', status: 'succeeded', stdin: '', args: [], stdout: 'x' },
    },
  ]);
});

test('refuses a case that has no entry', () => {
  write('one/want.json', '{"entry": "main.lua", "status": "succeeded"}');
  expect(() => loadCorpus(dir, 'lua')).toThrow(/one\/want\.json: entry: there is no file "main\.lua"/);
});

test('refuses a field that does not exist', () => {
  write('one/want.json', '{"entry": "main.lua", "status": "succeeded", "stdot": "x"}');
  write('one/main.lua', '');
  expect(() => loadCorpus(dir, 'lua')).toThrow(/one\/want\.json: .*stdot/s);
});
