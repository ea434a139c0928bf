import { BOLD, type Colour, FAINT, INVERSE, ITALIC, type Pen, rgbOf, STRIKE, UNDERLINE } from './ansi';
import { colourText, readable, type Rgb } from './colour';

/** How text of a pen is drawn: classes of output.css, and colours that are the program's own. */
export interface TextStyle {
  readonly classes: readonly string[];
  /** Custom properties. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The first so many colours are the theme's. */
const THEME_COLOURS = 16;
/** What is under the output: `--ground` of tokens.css. */
const GROUNDS: Record<'light' | 'dark', Rgb> = { light: [255, 255, 255], dark: [20, 22, 26] };
const INK: Record<'light' | 'dark', Rgb> = { light: [26, 29, 35], dark: [230, 233, 238] };

const ATTRIBUTES: [attribute: number, name: string][] = [
  [BOLD, 'ansi-bold'],
  [FAINT, 'ansi-faint'],
  [ITALIC, 'ansi-italic'],
  [UNDERLINE, 'ansi-underline'],
  [STRIKE, 'ansi-strike'],
];

/** Colours of the program that could not be read on their ground are made darker or lighter. */
export function styleOf({ foreground, background, attributes }: Pen): TextStyle {
  const classes = ATTRIBUTES.filter(([attribute]) => attributes & attribute).map(([, name]) => name);
  const properties: Record<string, string> = {};
  const isInverse = (attributes & INVERSE) !== 0;
  const text = isInverse ? background : foreground;
  const ground = isInverse ? foreground : background;
  if (isInverse && ground === 0) classes.push('ansi-on-ink');
  else if (isThemes(ground)) classes.push('ansi-on', `ansi-on-${ground - 1}`);
  else if (ground > 0) {
    classes.push('ansi-on-own');
    properties['--ansi-ground'] = colourText(rgbOf(ground));
  }
  if (isThemes(text)) classes.push(`ansi-${text - 1}`);
  else if (text > 0 || ground > THEME_COLOURS) {
    classes.push('ansi-own');
    for (const theme of ['light', 'dark'] as const)
      properties[`--ansi-${theme}`] = colourText(
        readable(textColour(text, theme), groundColour(ground, theme)),
      );
  }
  return { classes, properties };
}

const isThemes = (colour: Colour) => colour > 0 && colour <= THEME_COLOURS;

function textColour(colour: Colour, theme: 'light' | 'dark'): Rgb {
  return colour > THEME_COLOURS ? rgbOf(colour) : INK[theme];
}

function groundColour(colour: Colour, theme: 'light' | 'dark'): Rgb {
  return colour > THEME_COLOURS ? rgbOf(colour) : GROUNDS[theme];
}
