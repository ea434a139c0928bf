import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BOLD, INVERSE, PLAIN, TRUE_COLOUR } from './ansi';
import { contrast, type Rgb } from './colour';
import { styleOf } from './text.style';

const style = (changes: Partial<typeof PLAIN>) => styleOf({ ...PLAIN, ...changes });

it('names the colours of the theme', () => {
  expect(style({ foreground: 2, attributes: BOLD })).toEqual({
    classes: ['ansi-bold', 'ansi-1'],
    properties: {},
  });
  expect(style({ background: 16 })).toEqual({ classes: ['ansi-on', 'ansi-on-15'], properties: {} });
});

it('says colours of the program, so that they can be read', () => {
  expect(style({ foreground: TRUE_COLOUR + 0xffff00 })).toEqual({
    classes: ['ansi-own'],
    properties: {
      '--ansi-light': expect.not.stringMatching('255 255 0') as string,
      '--ansi-dark': 'rgb(255 255 0)',
    },
  });
  expect(style({ background: TRUE_COLOUR + 0xffff00 })).toEqual({
    classes: ['ansi-on-own', 'ansi-own'],
    properties: {
      '--ansi-ground': 'rgb(255 255 0)',
      '--ansi-light': 'rgb(26 29 35)',
      '--ansi-dark': expect.stringMatching(/rgb/) as string,
    },
  });
});

it('turns colours round', () => {
  expect(style({ attributes: INVERSE }).classes).toEqual(['ansi-on-ink']);
  expect(style({ attributes: INVERSE, foreground: 2, background: 5 }).classes).toEqual([
    'ansi-on',
    'ansi-on-1',
    'ansi-4',
  ]);
});

describe('the 16 colours of the theme', () => {
  const css = readFileSync(path.join(__dirname, 'output.css'), 'utf8');
  const tokens = readFileSync(path.join(__dirname, '../theme/tokens.css'), 'utf8');
  const rgb = (hex: string): Rgb => {
    const [red = 0, green = 0, blue = 0] = (hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
    return [red, green, blue];
  };
  const pair = (text: string, name: string) => {
    const [, light = '', dark = ''] =
      new RegExp(`${name}: light-dark\\(#(\\w{6}), #(\\w{6})\\)`).exec(text) ?? [];
    return { light: rgb(light), dark: rgb(dark) };
  };

  it.each(Array.from({ length: 16 }, (_, i) => i))(
    '%d can be read on the ground, and the ground on it',
    (i) => {
      const ground = pair(tokens, '--ground');
      const colour = pair(css, `--ansi-c${i}`);
      for (const theme of ['light', 'dark'] as const)
        expect(contrast(colour[theme], ground[theme])).toBeGreaterThanOrEqual(4.5);
    },
  );
});
