import { colourText, contrast, readable, type Rgb } from './colour';

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

it('knows contrast', () => {
  expect(contrast(WHITE, BLACK)).toBeCloseTo(21);
  expect(contrast(WHITE, WHITE)).toBe(1);
  expect(contrast([119, 119, 119], WHITE)).toBeCloseTo(4.48, 2);
});

it('leaves what can be read', () => {
  expect(readable([200, 0, 0], WHITE)).toEqual([200, 0, 0]);
});

it('makes everything readable on everything', () => {
  const steps = [0, 60, 128, 190, 255];
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps)
        for (const ground of [WHITE, BLACK, [20, 22, 26], [128, 128, 128], [255, 255, 0]] as Rgb[])
          expect(contrast(readable([red, green, blue], ground), ground)).toBeGreaterThanOrEqual(4.5);
});

it('writes CSS', () => {
  expect(colourText([1, 2, 3])).toBe('rgb(1 2 3)');
});
