import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CODE_COLOURS, CODE_GROUND } from './monaco.theme';

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const contrast = (one: string, other: string) => {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};

it('stands on the ground of the page', () => {
  const tokens = readFileSync(path.join(__dirname, '../theme/tokens.css'), 'utf8');
  expect(tokens).toContain(`--ground: light-dark(${CODE_GROUND.join(', ')})`);
});

it.each(Object.entries(CODE_COLOURS))('can be read: %s', (_, colours) => {
  const contrasts = colours.map((colour, at) => contrast(colour, CODE_GROUND[at] ?? ''));
  expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
});
