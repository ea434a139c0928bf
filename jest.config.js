const { spawnSync } = require('node:child_process');

const swc = (parser, transform) => [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript', ...parser }, transform, target: 'es2023' },
    module: { type: 'commonjs' },
  },
];

// Three tiers: unit (`.spec.ts`, pure), int (`.int.spec.ts`, real Postgres, NATS and sandboxes) and e2e (the
// whole system as a user). Packages that are ESM only are transformed too: Jest has no require(esm).
const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': swc({ decorators: true }, { legacyDecorator: true, decoratorMetadata: true }),
    '^.+\\.tsx$': swc({ tsx: true }, { react: { runtime: 'automatic' } }),
  },
  transformIgnorePatterns: ['/node_modules/(?!(@nestjs|@nats-io|uuid|zod)/)'],
  // The build of an older release, which the chaos stage deploys over, has a package.json of the same name.
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: { '^@runbin/([a-z]+)/(.*)$': '<rootDir>/libs/$1/src/$2' },
};

// What the end-to-end tests run against may belong to somebody else (e2e/environment.ts): then nothing of it is broken.
const isSomebodyElses = Boolean(process.env.RUNBIN_URL) && process.env.RUNBIN_COMPOSE !== '1';

// The docker engine is tested where a daemon answers, and must be where the composed services are (tools/test.mjs).
const hasDocker =
  process.env.RUNBIN_TEST_COMPOSE === '1' ||
  spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0;

module.exports = {
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,tools}/**/*.spec.{ts,tsx}', '<rootDir>/*.spec.ts'],
      testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '/node_modules/', '/dist/'],
    },
    {
      ...base,
      displayName: 'int',
      testMatch: ['<rootDir>/{apps,libs,tools}/**/*.int.spec.ts'],
      testPathIgnorePatterns: hasDocker ? [] : ['/docker\\.[a-z]+\\.int\\.spec\\.ts$'],
    },
    {
      ...base,
      displayName: 'e2e',
      globalSetup: '<rootDir>/e2e/global.setup.ts',
      globalTeardown: '<rootDir>/e2e/global.teardown.ts',
      testMatch: ['<rootDir>/e2e/**/*.e2e.spec.ts'],
      testPathIgnorePatterns: [
        ...(isSomebodyElses ? ['/(?:faults|idempotency)\\.e2e\\.spec\\.ts$'] : []),
        // What containers cannot change is tried once, on the host.
        ...(process.env.RUNBIN_COMPOSE === '1' && process.env.RUNBIN_TEST_LONG !== '1'
          ? ['/(?!(?:corpus|degraded|faults|hostile|readme|session)\\.)[a-z]+\\.e2e\\.spec\\.ts$']
          : []),
        // Of copies that nobody else uses: what many runs leave on this machine, what may be refused, what is restored.
        ...(process.env.RUNBIN_URL ? ['/(?:admin|soak|overload)\\.e2e\\.spec\\.ts$'] : []),
      ],
    },
  ],
  // Five times what the slowest case of a tier takes here; a case that may take longer says so itself.
  testTimeout: 240_000,
};
