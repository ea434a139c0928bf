import { BOLD, FAINT, INVERSE, ITALIC, type Pen, rgbOf, STRIKE, UNDERLINE } from '../output/ansi';
import { colourText } from '../output/colour';

/** The first so many colours are the page's. */
const PAGE_COLOURS = 16;

const ATTRIBUTES = [
  [BOLD, 'bo'],
  [FAINT, 'di'],
  [ITALIC, 'it'],
  [UNDERLINE, 'un'],
  [STRIKE, 'st'],
] as const;

/** Gives an element the looks of a pen, by the classes of the page that the gateway makes. */
export function dress(element: HTMLElement, { foreground, background, attributes }: Pen): void {
  for (const [attribute, name] of ATTRIBUTES) if (attributes & attribute) element.classList.add(name);
  const isInverse = (attributes & INVERSE) !== 0;
  const [ink, ground] = isInverse ? [background, foreground] : [foreground, background];
  if (isInverse && ground === 0) element.classList.add('bi');
  else if (ground > PAGE_COLOURS) element.style.background = colourText(rgbOf(ground));
  else if (ground > 0) element.classList.add(`b${ground - 1}`);
  // Letters in the colour of their ground are there to be read all the same.
  if (ink === ground) return;
  if (isInverse && ink === 0) element.classList.add('fi');
  else if (ink > PAGE_COLOURS) element.style.color = colourText(rgbOf(ink));
  else if (ink > 0) element.classList.add(`f${ink - 1}`);
}
