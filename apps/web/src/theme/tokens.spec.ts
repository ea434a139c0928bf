import { readFileSync } from 'node:fs';
import path from 'node:path';

const CSS = readFileSync(path.join(__dirname, 'tokens.css'), 'utf8');
const THEMES = ['light', 'dark'] as const;

/** WCAG 2.2, success criteria 1.4.3 and 1.4.11. */
const TEXT_CONTRAST = 4.5;
const CONTROL_CONTRAST = 3;

const colours = new Map(
  [...CSS.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const colour = (name: string, theme: (typeof THEMES)[number]) => {
  const found = colours.get(name);
  if (!found) throw new Error(`there is no colour --${name}`);
  return found[theme];
};

describe.each(THEMES)('the %s theme', (theme) => {
  const grounds = ['ground', 'surface', 'raised', 'hover'];
  const inks = ['ink', 'ink-dim', 'accent', 'good', 'bad', 'wait'];
  const texts = [
    ...grounds.flatMap((ground) => inks.map((ink) => [ink, ground] as const)),
    ['on-accent', 'accent'] as const,
    ['on-accent', 'accent-hover'] as const,
    ...['accent', 'good', 'bad', 'wait'].flatMap((tone) => [
      [tone, `${tone}-soft`] as const,
      ['ink', `${tone}-soft`] as const,
    ]),
  ];

  it.each(texts)('can be read: %s on %s', (ink, ground) => {
    expect(contrast(colour(ink, theme), colour(ground, theme))).toBeGreaterThanOrEqual(TEXT_CONTRAST);
  });

  it.each(['ground', 'surface', 'raised'])('shows where controls are on %s', (ground) => {
    expect(contrast(colour('line-strong', theme), colour(ground, theme))).toBeGreaterThanOrEqual(
      CONTROL_CONTRAST,
    );
  });
});
