/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** What text needs to be read (WCAG 2, AA). */
const ENOUGH = 4.5;
const STEPS = 20;

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** From 1, none, to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The colour, or the next one to it that can be read on this ground. */
export function readable(colour: Rgb, ground: Rgb): Rgb {
  const towards = contrast(WHITE, ground) > contrast(BLACK, ground) ? WHITE : BLACK;
  for (let step = 0; step < STEPS; step++) {
    const mixed = mix(colour, towards, step / STEPS);
    if (contrast(mixed, ground) >= ENOUGH) return mixed;
  }
  return towards;
}

function mix(from: Rgb, to: Rgb, part: number): Rgb {
  const channel = (i: 0 | 1 | 2) => Math.round(from[i] + (to[i] - from[i]) * part);
  return [channel(0), channel(1), channel(2)];
}

/** For CSS. */
export function colourText([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
