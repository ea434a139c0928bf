// @ts-check

/**
 * @typedef {object} Program
 * @property {string} kind
 * @property {object} submission body of submitCode
 * @property {boolean} refused whether the server must refuse it
 * @property {(result: Final) => string | undefined} mistakeOf what is wrong about a final result
 */
/** @typedef {{status: string, message: string, stdout: string, stdout_encoding: string, exit_code: number | null}} Final */

const PYTHON = 'python';
const LINES = 2_000;
/** Above what rides in a message: the runner asks for it. */
const LARGE_INPUT_BYTES = 100_000;

/**
 * Programs that say who they are (their nonce), so that nothing of another's can pass for theirs. Two of them also
 * say which execution wrote a line: output of two tries can not pass for output of one.
 * @type {{weight: number, make: (nonce: string, random: import('./random.mjs').Random, marker: string) => Program}[]}
 */
const KINDS = [
  { weight: 4, make: (nonce) => printing('hello python', nonce, PYTHON, 'print("hello", input())') },
  { weight: 3, make: (nonce) => printing('hello bash', nonce, 'bash', 'read -r it; echo "hello $it"') },
  {
    weight: 2,
    make: (nonce) =>
      printing(
        'hello c',
        nonce,
        'c',
        '#include <stdio.h>\nint main(void) { char it[99]; scanf("%98s", it); printf("hello %s\\n", it); }',
      ),
  },
  {
    weight: 4,
    make: (nonce, random, marker) => {
      const code = `${TOKEN}say("begin"); time.sleep(${random.between(10, 30) / 10}); say("end")`;
      return {
        ...base('sleeping', PYTHON, nonce, code, [marker]),
        mistakeOf: (result) => oneExecution(result, nonce, ['begin', 'end']),
      };
    },
  },
  {
    weight: 1,
    make: (nonce) => ({
      ...base('failing', PYTHON, nonce, 'import sys; print(input()); sys.exit(3)'),
      mistakeOf: (result) => unlike(result, { status: 'runtime_error', stdout: `${nonce}\n`, exit_code: 3 }),
    }),
  },
  {
    weight: 2,
    make: (nonce) => ({
      ...base('100 kB', PYTHON, nonce, `${TOKEN}\nfor n in range(${LINES}): say(str(n))`),
      mistakeOf: (result) =>
        oneExecution(
          result,
          nonce,
          Array.from({ length: LINES }, (_, n) => String(n)),
        ),
    }),
  },
  {
    weight: 1,
    make: (nonce) => ({
      ...base('NUL', PYTHON, nonce, 'print("\\0" + input() + "\\0")'),
      mistakeOf: (result) => unlike(result, { status: 'succeeded', stdout: `\0${nonce}\0\n` }),
    }),
  },
  {
    weight: 1,
    make: (nonce) => ({
      ...base(
        'large input',
        PYTHON,
        `${nonce}\n${'x'.repeat(LARGE_INPUT_BYTES)}\n`,
        'print(input(), len(input()))',
      ),
      mistakeOf: (result) =>
        unlike(result, { status: 'succeeded', stdout: `${nonce} ${LARGE_INPUT_BYTES}\n` }),
    }),
  },
  {
    weight: 1,
    make: (nonce) => ({
      ...base('refused', 'no-such-language', nonce, 'print(input())'),
      refused: true,
      mistakeOf: () => undefined,
    }),
  },
];

/** Prelude: `say` writes a line with the nonce and a number that is new in each execution. */
const TOKEN =
  'import os, time; nonce = input(); token = os.urandom(6).hex()\ndef say(what): print(what, nonce, token, flush=what == "begin")\n';

/**
 * @param {import('./random.mjs').Random} random
 * @param {string} nonce
 * @param {string} marker stands in the command line of what lives longer, so that it can be found
 */
export function randomProgram(random, nonce, marker) {
  return random.weighted(KINDS).make(nonce, random, marker);
}

/** The one that asks whether all is well. @param {string} nonce */
export const probeProgram = (nonce) => printing('probe', nonce, PYTHON, 'print("hello", input())');

/**
 * @param {string} kind
 * @param {string} nonce
 * @param {string} language
 * @param {string} code
 * @returns {Program}
 */
function printing(kind, nonce, language, code) {
  return {
    ...base(kind, language, nonce, code),
    mistakeOf: (result) => unlike(result, { status: 'succeeded', stdout: `hello ${nonce}\n` }),
  };
}

/**
 * @param {string} kind
 * @param {string} language
 * @param {string} input
 * @param {string} code
 * @param {string[]} [args]
 */
function base(kind, language, input, code, args = []) {
  return { kind, submission: { language, code, code_input: input, args }, refused: false };
}

/**
 * @param {Final} result
 * @param {Partial<Final>} wanted
 */
function unlike(result, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    const got = result[/** @type {keyof Final} */ (name)];
    if (got !== value)
      return `${name} is ${shown(got)}, not ${shown(value)} (${result.status}: ${result.message})`;
  }
  return undefined;
}

/**
 * @param {Final} result
 * @param {string} nonce
 * @param {string[]} words what the lines begin with, in order
 */
function oneExecution(result, nonce, words) {
  if (result.status !== 'succeeded') return unlike(result, { status: 'succeeded' });
  const token = / (\w+)$/m.exec(result.stdout)?.[1];
  return unlike(result, { stdout: words.map((word) => `${word} ${nonce} ${token}\n`).join('') });
}

/** @param {unknown} value */
const shown = (value) => JSON.stringify(value)?.slice(0, 120);
