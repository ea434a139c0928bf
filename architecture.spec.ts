import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

// What lint can not say. Each check stands under its reason; the drawing is in ARCHITECTURE.md.

const ROOT = __dirname;
const LIBS = ['contracts', 'languages', 'messaging', 'persistence', 'platform'];
const APPS = readdirSync(join(ROOT, 'apps'));

interface Source {
  /** Relative to the root. */
  path: string;
  /** `apps/gateway`, `libs/contracts`. */
  box: string;
  imports: string[];
  text: string;
}

function sourcesBelow(directory: string): Source[] {
  return readdirSync(join(ROOT, directory), { withFileTypes: true, recursive: true })
    .filter(
      (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => {
      const path = relative(ROOT, join(entry.parentPath, entry.name));
      const text = readFileSync(join(ROOT, path), 'utf8');
      const imports = [...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)].map(
        ([, name = '']) => name,
      );
      return { path, box: path.split('/').slice(0, 2).join('/'), imports, text };
    });
}

const sources = [...sourcesBelow('apps'), ...sourcesBelow('libs')];
const isTest = ({ path }: Source) => /\.spec\.tsx?$/.test(path) || path.includes('/test/');
const product = sources.filter((source) => !isTest(source));

/** Boxes of ours that a file reaches into. */
const reaches = ({ path, imports }: Source): string[] =>
  imports.flatMap((name) => {
    if (name.startsWith('@runbin/')) return [`libs/${name.split('/')[1] ?? ''}`];
    if (!name.startsWith('.')) return [];
    return [
      relative(ROOT, join(ROOT, path, '..', name))
        .split('/')
        .slice(0, 2)
        .join('/'),
    ];
  });

const offenders = (allowed: (source: Source, reached: string) => boolean, among = product) =>
  among.flatMap((source) =>
    reaches(source)
      .filter((reached) => reached !== source.box && !allowed(source, reached))
      .map((reached) => `${source.path} → ${reached}`),
  );

const importers = (pattern: RegExp) =>
  product.filter(({ imports }) => imports.some((name) => pattern.test(name))).map(({ path }) => path);

it('looks at the code', () => {
  expect(product.length).toBeGreaterThan(50);
  expect(APPS).toEqual(expect.arrayContaining(['gateway', 'submission', 'result', 'runner', 'url']));
});

describe('the drawing is the import graph', () => {
  const MAY_IMPORT: Record<string, string[]> = {
    'libs/contracts': [],
    'libs/languages': ['libs/contracts'],
    'libs/platform': ['libs/contracts'],
    'libs/messaging': ['libs/contracts', 'libs/platform'],
    'libs/persistence': ['libs/contracts', 'libs/platform'],
  };

  it('libraries import only what stands below them', () => {
    const ofLibraries = product.filter(({ box }) => box.startsWith('libs/'));
    expect(offenders(({ box }, reached) => MAY_IMPORT[box]?.includes(reached) ?? false, ofLibraries)).toEqual(
      [],
    );
  });

  it('no app imports an app: they meet on the wire', () => {
    const ofApps = product.filter(({ box }) => box.startsWith('apps/'));
    expect(offenders((_, reached) => LIBS.includes(reached.replace('libs/', '')), ofApps)).toEqual([]);
  });

  it('the pages import the wire only: of the schemas the types, since their library is too heavy for a browser', () => {
    const ofWeb = product.filter(({ box }) => box === 'apps/web');
    expect(ofWeb.length).toBeGreaterThan(5);
    expect(offenders((_, reached) => reached === 'libs/contracts', ofWeb)).toEqual([]);
    const plain = product.filter(({ box, imports }) => box === 'libs/contracts' && imports.length === 0);
    const free = plain.map(({ path }) =>
      path.replace(/^libs\/contracts\/src\/(.*)\.ts$/, '@runbin/contracts/$1'),
    );
    const values = ofWeb.flatMap(({ path, text }) =>
      [...text.matchAll(/^import (?!type )[^;]*? from '(@runbin\/[^']+)'/gm)]
        .map(([, name = '']) => name)
        .filter((name) => !free.includes(name))
        .map((name) => `${path} → ${name}`),
    );
    expect(values).toEqual([]);
  });

  it('the runner and the gateway hold no database: neither imports persistence', () => {
    const stateless = product.filter(({ box }) => box === 'apps/runner' || box === 'apps/gateway');
    expect(offenders((_, reached) => reached !== 'libs/persistence', stateless)).toEqual([]);
  });
});

describe('one place for each', () => {
  it('environment: only libs/platform reads process.env, so a bad value stops the boot', () => {
    const readers = product.filter(({ text }) => /process\.env\b/.test(text)).map(({ path }) => path);
    expect(readers.every((path) => path.startsWith('libs/platform/'))).toBe(true);
    expect(readers).toHaveLength(1);
  });

  it('database: only stores, what describes their tables, and the library import TypeORM', () => {
    const allowed = /\.(store|entity)\.ts$|\/migrations\/|\.module\.ts$|^libs\/persistence\//;
    expect(importers(/^(typeorm|@nestjs\/typeorm|pg)$/).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('the Docker daemon, which is root on its machine: only the docker engine reaches it', () => {
    const engine = 'apps/runner/src/sandbox/docker.';
    expect(importers(/^dockerode$/).filter((path) => !path.startsWith(engine))).toEqual([]);
  });

  it('JetStream: only libs/messaging, so that acks and retries are written once', () => {
    expect(importers(/^@nats-io\/jetstream$/).filter((path) => !path.startsWith('libs/messaging/'))).toEqual(
      [],
    );
  });
});

describe('the shape of files', () => {
  it('no barrels and no default exports: a name leads to one file', () => {
    expect(sources.filter(({ path }) => path.endsWith('/index.ts')).map(({ path }) => path)).toEqual([]);
    const named = sources.filter(({ path }) => !/(?:^|\/)[a-z]+\.config\.ts$/.test(path));
    expect(named.filter(({ text }) => /^export default\b/m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('no test is skipped or alone', () => {
    const marks = /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(/;
    const tests = [...sources, ...sourcesBelow('e2e')]
      .filter(isTest)
      .filter(({ path }) => path !== 'architecture.spec.ts');
    expect(tests.filter(({ text }) => marks.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('a test turns a rule off only with a reason beside it: most are about waiting for a time', () => {
    const tests = [...sources.filter(isTest), ...sourcesBelow('e2e'), ...sourcesBelow('tools')];
    const lines = tests.flatMap(({ path, text }) =>
      text.split('\n').map((line) => `${path}: ${line.trim()}`),
    );
    const disabled = lines.filter((line) => line.includes('eslint-disable'));
    expect(disabled.length).toBeGreaterThan(0);
    expect(disabled.filter((line) => !/ -- \S+ \S+/.test(line))).toEqual([]);
  });

  it('entities and the database agree through migrations only', () => {
    expect(product.filter(({ text }) => /synchronize:\s*true/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });
});

describe('the decisions', () => {
  const decisions = readdirSync(join(ROOT, 'docs/adr')).sort();

  it('are numbered without a gap, and each says when it was made and whether it stands', () => {
    const DATED = /^# (\d+)\. \S.*\n\nDate: \d{4}-\d\d-\d\d\. Status: (?:accepted|superseded by \[ADR \d+\])/;
    const numbers = decisions.map((name) => {
      const [, number] = DATED.exec(readFileSync(join(ROOT, 'docs/adr', name), 'utf8')) ?? [];
      return number === undefined ? `${name} has no title, date and status` : number.padStart(4, '0');
    });
    expect(numbers).toEqual(decisions.map((_, index) => String(index + 1).padStart(4, '0')));
    expect(decisions.map((name) => name.slice(0, 4))).toEqual(numbers);
  });
});
