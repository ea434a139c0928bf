import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadCatalogue } from './catalogue';

const lua = {
  id: 'lua',
  label: 'Lua',
  aliases: ['lua5.4'],
  source_name: 'main.lua',
  source_extensions: ['.lua'],
  debian_packages: ['lua5.4'],
  version: { command: ['lua5.4', '-v'], pattern: 'Lua (\\S+)' },
  compile: null,
  run: { command: ['lua5.4', '{entry}'] },
  example: 'print("Hello")',
};
const c = {
  ...lua,
  id: 'c',
  label: 'C',
  aliases: ['gcc'],
  source_name: 'main.c',
  source_extensions: ['.c'],
  compile: { command: ['gcc', '{compiler_args}', '{sources}'] },
  run: { command: ['.out/main'] },
  compiler_args_allowed: ['-O[0-3]'],
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'languages-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(folder: string, content: unknown): void {
  mkdirSync(path.join(dir, folder));
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path.join(dir, folder, 'language.json'), text);
}

describe('a catalogue', () => {
  beforeEach(() => {
    write('lua', lua);
    write('c', c);
  });

  test('lists its languages by id, with defaults filled in', () => {
    expect(loadCatalogue(dir).all()).toEqual([
      { ...c, core: false, env: {}, mounts: [], limits: {} },
      { ...lua, core: false, env: {}, mounts: [], limits: {}, compiler_args_allowed: [] },
    ]);
  });

  test('gets by id only, finds by id or alias in any case', () => {
    const catalogue = loadCatalogue(dir);
    expect(catalogue.get('c')?.id).toBe('c');
    expect(catalogue.get('gcc')).toBeUndefined();
    expect(catalogue.find('GCC')?.id).toBe('c');
    expect(catalogue.find('Lua5.4')?.id).toBe('lua');
  });

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    ' c',
    'c\n',
    '../c',
    'c'.repeat(10_000_000),
  ])('knows no language %.20j', (name) => {
    const catalogue = loadCatalogue(dir);
    expect(catalogue.get(name)).toBeUndefined();
    expect(catalogue.find(name)).toBeUndefined();
    expect(catalogue.nearest(name, 2).sort()).toEqual(['c', 'lua']);
  });

  test('names the nearest by id or alias, nearest first', () => {
    const catalogue = loadCatalogue(dir);
    expect(catalogue.nearest('LAU', 1)).toEqual(['lua']);
    expect(catalogue.nearest('gc', 2)).toEqual(['c', 'lua']);
    expect(catalogue.nearest('lua54', 2)).toEqual(['lua', 'c']);
  });

  test('looks past files and hidden folders', () => {
    writeFileSync(path.join(dir, 'README.md'), 'about');
    mkdirSync(path.join(dir, '.cache'));
    expect(loadCatalogue(dir).all()).toHaveLength(2);
  });
});

describe('loadCatalogue refuses, naming file and field:', () => {
  const refuses = (...parts: (string | RegExp)[]) => {
    for (const part of parts) expect(() => loadCatalogue(dir)).toThrow(part);
  };

  test.each<[string, object, string]>([
    ['an id that is not the folder', { id: 'luna' }, 'id: is "luna", but its folder is "lua"'],
    ['a field that is missing', { label: undefined }, 'label: '],
    ['a field that does not exist', { labell: 'Lua' }, 'labell'],
    ['an alias of the wrong form', { aliases: ['Lua 5'] }, 'aliases.0: '],
    ['an alias twice', { aliases: ['l', 'l'] }, 'aliases: holds a name twice'],
    ['an alias that is the id', { aliases: ['lua'] }, 'aliases: holds a name twice'],
    [
      'a source name without the extension',
      { source_name: 'main.txt' },
      'source_name: "main.txt" does not end in',
    ],
    [
      'an unknown placeholder',
      { run: { command: ['lua', '{file}'] } },
      'run.command: {file} is not a placeholder',
    ],
    ['a broken pattern', { version: { command: ['x'], pattern: '(' } }, 'version.pattern: SyntaxError'],
    [
      'a pattern without a group',
      { version: { command: ['x'], pattern: '(?:a)' } },
      'version.pattern: has no group',
    ],
    [
      'an allow-list without a compiler',
      { compiler_args_allowed: ['-O'] },
      'compiler_args_allowed: must be given',
    ],
    [
      'a broken allow-list',
      { compile: c.compile, compiler_args_allowed: ['-O', '['] },
      'compiler_args_allowed.1: SyntaxError',
    ],
    ['a limit below its least', { limits: { memory_bytes: 1 } }, 'limits.memory_bytes: '],
    ['a mount that is not absolute', { mounts: ['etc/lua'] }, 'mounts.0: '],
  ])('%s', (_, change, message) => {
    write('lua', { ...lua, ...change });
    refuses(path.join(dir, 'lua', 'language.json'), message);
  });

  test('a name that two languages claim', () => {
    write('c', { ...c, aliases: ['lua5.4'] });
    write('lua', lua);
    refuses(path.join('lua', 'language.json'), 'aliases: "lua5.4" is already a name of c');
  });

  test('an alias that is the id of another language', () => {
    write('c', { ...c, aliases: ['lua'] });
    write('lua', lua);
    refuses('"lua" is already a name of c');
  });

  test('a file that is no JSON, and a folder without the file, both at once', () => {
    write('c', '{');
    mkdirSync(path.join(dir, 'lua'));
    refuses(/c\/language\.json: SyntaxError/, /lua\/language\.json: Error: ENOENT/);
  });

  test('a folder that is missing or empty', () => {
    refuses('holds no language');
    expect(() => loadCatalogue(path.join(dir, 'nowhere'))).toThrow('nowhere can not be read');
  });
});
