import { COMPILE_LIMITS } from '@runbin/contracts/limits';
import type { Stage } from '../sandbox/sandbox';
import { artifactKey, type Compiler } from './artifact.key';

const COMPILER: Compiler = { engine: 'bubblewrap', toolchain: 'a' };
const PROFILE = { language: 'c', mounts: ['/etc/java-*'] };
const STAGE: Stage = {
  argv: ['gcc', '-O2', 'main.c'],
  env: { LANG: 'C.UTF-8', PATH: '/usr/bin' },
  files: [
    { name: 'main.c', content: Buffer.from('int main;') },
    { name: 'a.h', content: Buffer.from('x') },
  ],
  stdin: Buffer.alloc(0),
  limits: COMPILE_LIMITS,
  artifactsDir: '.out',
  mergeStderr: true,
  onOutputOverflow: 'discard',
};
const [MAIN = { name: '', content: Buffer.alloc(0) }, HEADER = MAIN] = STAGE.files;
const KEY = artifactKey(COMPILER, PROFILE, STAGE);

it('is the same for the same compile, however its objects were made', () => {
  const env = { PATH: '/usr/bin', LANG: 'C.UTF-8' };
  expect(artifactKey({ ...COMPILER }, PROFILE, { ...STAGE, env })).toBe(KEY);
  expect(KEY).toMatch(/^[0-9a-f]{64}$/);
});

it.each<[string, Partial<Stage>]>([
  ['an argument', { argv: ['gcc', '-O3', 'main.c'] }],
  ['where one argument ends', { argv: ['gcc', '-O2 main.c'] }],
  ['the value of a variable', { env: { LANG: 'C', PATH: '/usr/bin' } }],
  ['a variable more', { env: { ...STAGE.env, ASAN_OPTIONS: '' } }],
  ['one bit of a file', { files: [{ ...MAIN, content: Buffer.from('int main:') }, HEADER] }],
  ['the name of a file', { files: [MAIN, { ...HEADER, name: 'b.h' }] }],
  ['the mode of a file', { files: [MAIN, { ...HEADER, mode: 0o755 }] }],
  [
    'contents that changed places',
    {
      files: [
        { ...MAIN, content: HEADER.content },
        { ...HEADER, content: MAIN.content },
      ],
    },
  ],
  ['a file more', { files: [...STAGE.files, { name: 'c.h', content: Buffer.alloc(0) }] }],
  ['which file comes first', { files: [HEADER, MAIN] }],
  ['a limit', { limits: { ...COMPILE_LIMITS, memory_bytes: 1 } }],
  ['what is kept', { artifactsDir: 'out' }],
  ['input', { stdin: Buffer.from('x') }],
])('is another when the stage differs in %s', (_, difference) => {
  expect(artifactKey(COMPILER, PROFILE, { ...STAGE, ...difference })).not.toBe(KEY);
});

it.each<[string, string]>([
  ['engine', 'docker'],
  ['toolchain', 'b'],
])('is another for another %s', (field, value) => {
  expect(artifactKey({ ...COMPILER, [field]: value }, PROFILE, STAGE)).not.toBe(KEY);
});

it('is another for another language or toolchain folder', () => {
  expect(artifactKey(COMPILER, { ...PROFILE, language: 'cpp' }, STAGE)).not.toBe(KEY);
  expect(artifactKey(COMPILER, { ...PROFILE, mounts: [] }, STAGE)).not.toBe(KEY);
});
