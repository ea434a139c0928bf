import { createRequire } from 'node:module';
import path from 'node:path';
import type { GlobalFonts } from '@napi-rs/canvas';

const FONTS = path.join(
  path.dirname(createRequire(__filename).resolve('dejavu-fonts-ttf/package.json')),
  'ttf',
);

/** Names of our own, so that no font of the machine is taken instead. */
const FILES: Readonly<Record<string, string>> = {
  'card-mono': 'DejaVuSansMono.ttf',
  'card-mono-bold': 'DejaVuSansMono-Bold.ttf',
  'card-sans': 'DejaVuSans.ttf',
  'card-sans-bold': 'DejaVuSans-Bold.ttf',
};

/** Cards look the same everywhere: no font of the machine is asked. */
export function loadCardFonts(fonts: typeof GlobalFonts): void {
  for (const [family, file] of Object.entries(FILES)) {
    if (!fonts.has(family)) fonts.registerFromPath(path.join(FONTS, file), family);
  }
}
