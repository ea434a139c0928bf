import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_STYLE } from './page.style';

const TOKENS = readFileSync(path.join(__dirname, '../../../web/src/theme/tokens.css'), 'utf8');

const tokensOf = (css: string) =>
  [...css.matchAll(/(--[a-z-]+):\s*([^;}]+)/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll(/,\s+/g, ',')] as const,
  );

it('has the colours and fonts of the other pages', () => {
  const theirs = new Map(tokensOf(TOKENS));
  const ours = tokensOf(PAGE_STYLE);
  expect(ours.length).toBeGreaterThan(15);
  expect(ours.filter(([name, value]) => theirs.get(name) !== value)).toEqual([]);
});

it('needs nothing from elsewhere', () => {
  expect(PAGE_STYLE).not.toMatch(/url\(|@import|expression|</);
});
