import { createRequire } from 'node:module';
import path from 'node:path';
import type { GlobalFonts } from '@napi-rs/canvas';

const FONTS = path.join(
  path.dirname(createRequire(__filename).resolve('dejavu-fonts-ttf/package.json')),
  'ttf',
);

type Family = 'card-mono' | 'card-sans' | 'card-sans-bold';

/** Names of our own, so that no font of the machine is taken instead. */
const FILES: Readonly<Record<Family, string>> = {
  'card-mono': 'DejaVuSansMono.ttf',
  'card-sans': 'DejaVuSans.ttf',
  'card-sans-bold': 'DejaVuSans-Bold.ttf',
};

/** Of the machine, where it has them: for scripts that ours do not have, and emoji. */
const FOR_THE_REST = [
  'WenQuanYi Zen Hei',
  'Noto Sans CJK SC',
  'Noto Sans CJK JP',
  'Droid Sans Fallback',
  'Noto Color Emoji',
];

/** A font as a canvas takes it. */
export const cardFont = (size: number, family: Family): string =>
  `${size}px ${family}, ${FOR_THE_REST.map((name) => `"${name}"`).join(', ')}`;

/** Cards look the same everywhere: what ours have is taken from ours. */
export function loadCardFonts(fonts: typeof GlobalFonts): void {
  for (const [family, file] of Object.entries(FILES)) {
    if (!fonts.has(family)) fonts.registerFromPath(path.join(FONTS, file), family);
  }
}
