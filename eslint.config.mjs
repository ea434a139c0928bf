import tseslint from 'typescript-eslint';

const WAIT_FOR_A_CONDITION = 'Wait for a condition, with until(what, condition).';

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.data/',
      '.scratch/',
      'languages/*/',
      'rspack.config.js',
      'jest.config.js',
    ],
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Nest modules are classes that hold nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/prefer-nullish-coalescing': [
        'error',
        { ignorePrimitives: { string: true, number: true } },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // `using _alive = …` is held for its end, not for its value.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      // A type parameter that carries the answer's type is how a typed RPC call reads.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Nest declares its options as classes and documents literals for them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    // What a test waits for by time fails on a slower machine: it waits for conditions (libs/platform/test/until.ts).
    // What must take a time, such as the pace of a load, says why beside the rule that it turns off.
    files: ['**/*.spec.{ts,tsx}', 'e2e/**/*.ts', 'apps/*/test/**/*.ts', 'libs/*/test/**/*.ts'],
    ignores: ['libs/platform/test/until.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: ['setTimeout', 'setInterval'].map((name) => ({ name, message: WAIT_FOR_A_CONDITION })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['timers', 'node:timers', 'timers/promises', 'node:timers/promises'].map((name) => ({
            name,
            allowImportNames: ['setImmediate'],
            message: WAIT_FOR_A_CONDITION,
          })),
        },
      ],
      'no-restricted-properties': [
        'error',
        { property: 'waitForTimeout', message: WAIT_FOR_A_CONDITION },
        { object: 'Atomics', property: 'wait', message: WAIT_FOR_A_CONDITION },
        { object: 'AbortSignal', property: 'timeout', message: WAIT_FOR_A_CONDITION },
      ],
    },
  },
  {
    files: ['libs/platform/src/bootstrap.ts', 'tools/**'],
    rules: { 'no-console': 'off' },
  },
);
