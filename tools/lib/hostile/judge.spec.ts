import type { Result } from '@runbin/contracts/result';
import type { Expectation } from './catalogue.mjs';
import { judge } from './judge.mjs';

const EXPECT: Expectation = {
  verdicts: ['succeeded', 'rejected'],
  max_wall_ms: 1000,
  stdout_must_not_match: '(?m)^(ESCAPED|RESIDUE)\\b',
  stdout_must_match: 'DONE',
  must_match_applies_if: 'verdict is succeeded',
};

const resultOf = (fields: Partial<Result>) =>
  ({
    status: 'succeeded',
    stdout: 'BLOCKED\nDONE\n',
    stdout_encoding: 'utf-8',
    stdout_truncated: false,
    stderr: '',
    stderr_encoding: 'utf-8',
    stderr_truncated: false,
    compile: null,
    ...fields,
  }) as Result;

const outcomeOf = (fields: Partial<Result> = {}, ms = 10) => {
  const result = resultOf(fields);
  return { verdict: result.status, ms, result };
};

const compileOf = (output: string) => ({ output, output_encoding: 'utf-8' }) as Result['compile'];

describe('the judge of hostile programs', () => {
  it('has nothing against what is as it should be', () => {
    expect(judge(EXPECT, outcomeOf())).toEqual([]);
    expect(judge(EXPECT, { verdict: 'rejected', ms: 10 })).toEqual([]);
  });

  it.each([
    ['a verdict that is not allowed', outcomeOf({ status: 'internal_error' }), /^verdict internal_error/],
    ['no verdict at all', { verdict: 'http_503', ms: 1, detail: 'down' }, /^verdict http_503 \(down\)/],
    ['a late end', outcomeOf({}, 1001), /^took 1001 ms of 1000/],
    ['an escape on stdout', outcomeOf({ stdout: 'x\nESCAPED root\nDONE' }), /^stdout holds "ESCAPED root"/],
    ['an escape on stderr', outcomeOf({ stderr: 'RESIDUE file' }), /^stderr holds "RESIDUE file"/],
    [
      'an escape in binary output',
      outcomeOf({
        stderr: Buffer.from('\xff\nESCAPED', 'latin1').toString('base64'),
        stderr_encoding: 'base64',
      }),
      /^stderr holds "ESCAPED"/,
    ],
    ['an escape of the compiler', outcomeOf({ compile: compileOf('ESCAPED') }), /^compile holds "ESCAPED"/],
    ['a missing line', outcomeOf({ stdout: 'BLOCKED' }), /^stdout lacks \/DONE\//],
    ['a shadow file', outcomeOf({ stderr: 'root:$y$abc:19000:0' }), /^stderr leaks "root/],
    [
      'a passwd file',
      outcomeOf({ compile: compileOf('daemon:x:1:1:daemon:/usr/sbin:/bin/sh') }),
      /^compile leaks "daemon/,
    ],
    ['the canary', outcomeOf({ stdout: 'DONE hcanary_0' }), /^stdout holds the canary/],
  ])('objects to %s', (_, outcome, problem) => {
    expect(judge(EXPECT, outcome, { canary: 'hcanary_0' })).toEqual([expect.stringMatching(problem)]);
  });

  it('wants floods to be marked as cut', () => {
    const flood: Expectation = {
      verdicts: ['output_limit_exceeded'],
      max_wall_ms: 1000,
      flags: { truncated: 'both' },
    };
    const cut = { status: 'output_limit_exceeded', stdout_truncated: true } as const;
    expect(judge(flood, outcomeOf({ ...cut, stderr_truncated: true }))).toEqual([]);
    expect(judge(flood, outcomeOf(cut))).toEqual(['stderr is not marked as truncated']);
  });

  it('wants the attempt that was said', () => {
    const first = { ...EXPECT, attempt: 1 };
    expect(judge(first, outcomeOf({ attempt: 1 }))).toEqual([]);
    expect(judge(first, outcomeOf({ attempt: 2 }))).toEqual(['came of attempt 2']);
  });

  it('does not guess conditions it does not know', () => {
    const odd = { ...EXPECT, must_match_applies_if: 'the moon is full' };
    expect(() => judge(odd, outcomeOf())).toThrow('the moon is full');
  });
});
