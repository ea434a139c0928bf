import { parseBenchOptions } from './options.mjs';

describe('the options of the bench', () => {
  it('are those of the documented figures when none is given', () => {
    expect(parseBenchOptions([])).toEqual({
      url: undefined,
      languages: [],
      rows: undefined,
      turns: 3,
      turnMs: 1500,
      beside: [],
      allow: 0.05,
      profile: false,
      quiet: true,
      write: true,
    });
  });

  it.each([
    ['http://127.0.0.1:3000', { kind: 'url', where: 'http://127.0.0.1:3000' }],
    ['http://10.0.0.1:3000/?a=b', { kind: 'url', where: 'http://10.0.0.1:3000/?a=b' }],
    ['.', { kind: 'folder', where: '.' }],
    ['../older', { kind: 'folder', where: '../older' }],
    ['/srv/runbin', { kind: 'folder', where: '/srv/runbin' }],
    ['main', { kind: 'commit', where: 'main' }],
    ['HEAD~3', { kind: 'commit', where: 'HEAD~3' }],
    ['feature/faster', { kind: 'commit', where: 'feature/faster' }],
  ])('take --beside before=%s', (where, expected) => {
    expect(parseBenchOptions(['--beside', `before=${where}`]).beside).toEqual([
      { name: 'before', ...expected },
    ]);
  });

  it('take several instances, and an even number of turns by default', () => {
    const { beside, turns } = parseBenchOptions(['--beside', 'a=main', '--beside', 'b=http://b:1']);
    expect(beside.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(turns % 2).toBe(0);
  });

  it.each([
    ['an instance without a name', ['--beside', '=main'], /NAME=URL/],
    ['an instance that is only a name', ['--beside', 'before'], /NAME=URL/],
    ['an instance that is nowhere', ['--beside', 'before='], /NAME=URL/],
    ['a name that breaks a table', ['--beside', 'a|b=main'], /NAME=URL/],
    ['https', ['--beside', 'a=https://example.org'], /http only/],
    ['no URL', ['--beside', 'a=http://'], /http only/],
    ['a name twice', ['--beside', 'a=main', '--beside', 'a=.'], /two instances are named a/],
    ['our name', ['--beside', 'ours=main'], /two instances are named ours/],
    ['an odd number of turns beside another', ['--beside', 'a=main', '--turns', '3'], /even/],
    ['no turns', ['--turns', '0'], /--turns 0/],
    ['half a turn', ['--turns', '1.5'], /--turns 1.5/],
    ['seconds that are none', ['--seconds', 'two'], /--seconds two/],
    ['nothing allowed', ['--allow', ''], /--allow/],
    ['less than nothing allowed', ['--allow=-0.1'], /--allow -0.1/],
    ['a pattern that is none', ['--rows', '('], /--rows \(/],
    ['a profile of what somebody else started', ['--profile', '--url', 'http://127.0.0.1:3000'], /--profile/],
    ['an option that there is not', ['--besides', 'a=main'], /--besides/],
  ])('refuse %s', (_, args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
  });

  it.each([
    ['--quick'],
    ['--no-write'],
    ['--rows=python'],
    ['--turns=9'],
    ['--seconds=9'],
    ['--profile'],
    ['--beside=a=main'],
    ['python'],
  ])('do not write the document with %s', (option) => {
    expect(parseBenchOptions([option]).write).toBe(false);
  });
});
