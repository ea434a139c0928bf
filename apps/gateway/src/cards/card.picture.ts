import type { SKRSContext2D } from '@napi-rs/canvas';
import { CARD_HEIGHT, CARD_WIDTH } from '../share/card.tags';
import { cardFont, loadCardFonts } from './card.fonts';
import type { CardText } from './card.text';

const MARGIN = 52;
const PANEL = { x: MARGIN, width: CARD_WIDTH - 2 * MARGIN, radius: 14, inset: 28 };
const CODE = { top: 118, bottom: 424 };
const OUTPUT = { top: 444, bottom: CARD_HEIGHT - 40, size: 21, line: 31 };
const WITHOUT_OUTPUT = { ...CODE, bottom: OUTPUT.bottom };

/** Of code: a short program is written large. The last is for all that do not fit. */
const SIZES = [36, 29, 22] as const;
const [, , SMALLEST] = SIZES;
const lineHeight = (size: number) => Math.round(size * 1.42);

/** The dark theme of apps/web/src/theme/tokens.css, and the colours of code in page.style.ts. */
const INK = '#e6e9ee';
const DIM = '#9da5b3';
const GROUND = '#14161a';
const SURFACE = '#1b1e24';
const LINE = '#2c313a';
const TONES = {
  good: { ink: '#5fd38a', ground: '#173222' },
  bad: { ink: '#ff8f86', ground: '#3d1f1e' },
  wait: { ink: '#f2c164', ground: '#372c14' },
} as const;
const STYLES: Readonly<Record<string, string>> = {
  k: '#d3a0f5',
  s: '#8fd6a4',
  c: '#8e97a6',
  n: '#f0b078',
  f: '#8fb4ff',
  t: '#6fd0dd',
  a: '#e8c583',
  m: DIM,
};

/** Lines of text that a card has room for. */
export const CARD_LINES = {
  code: Math.ceil((WITHOUT_OUTPUT.bottom - CODE.top - PANEL.inset) / lineHeight(SMALLEST)),
  output: 3,
};

/** A PNG of 1200×630. Drawing takes a moment of this thread; painting and packing, 40 ms, are another thread's. */
export async function cardPicture(text: CardText): Promise<Buffer> {
  // Native, and of no use to a gateway that nobody asks for a card.
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas');
  loadCardFonts(GlobalFonts);
  const canvas = createCanvas(CARD_WIDTH, CARD_HEIGHT);
  const pen = canvas.getContext('2d');
  pen.fillStyle = GROUND;
  pen.fillRect(0, 0, CARD_WIDTH, CARD_HEIGHT);
  drawHead(pen, text);
  const hasOutput = text.output.some((line) => line.trim() !== '');
  drawCode(pen, text, hasOutput ? CODE : WITHOUT_OUTPUT);
  if (hasOutput) drawOutput(pen, text);
  return canvas.encode('png');
}

type Box = typeof CODE;

function drawHead(pen: SKRSContext2D, { language, verdict, fileName }: CardText): void {
  drawMark(pen, MARGIN, 40, 52);
  pen.textBaseline = 'middle';
  const middle = 66;
  pen.font = cardFont(24, 'card-sans-bold');
  const pill = pen.measureText(verdict.words).width + 40;
  const { ink, ground } = TONES[verdict.tone];
  pen.fillStyle = ground;
  rounded(pen, CARD_WIDTH - MARGIN - pill, middle - 24, pill, 48, 24);
  pen.fillStyle = ink;
  pen.fillText(verdict.words, CARD_WIDTH - MARGIN - pill + 20, middle);
  const free = CARD_WIDTH - 2 * MARGIN - pill - 52 - 40;
  pen.fillStyle = INK;
  pen.font = cardFont(30, 'card-sans-bold');
  const name = fitting(pen, fileName, free);
  pen.fillText(name, MARGIN + 72, middle);
  const used = pen.measureText(name).width;
  pen.fillStyle = DIM;
  pen.font = cardFont(24, 'card-sans');
  const rest = free - used - 24;
  if (rest > 80) pen.fillText(fitting(pen, language, rest), MARGIN + 72 + used + 20, middle);
}

/** The mark of apps/web/src/theme/icon.svg. */
function drawMark(pen: SKRSContext2D, x: number, y: number, size: number): void {
  pen.fillStyle = '#2f5bea';
  rounded(pen, x, y, size, size, size / 4);
  const at = (part: number) => (part / 32) * size;
  pen.fillStyle = '#fff';
  pen.beginPath();
  pen.moveTo(x + at(11.5), y + at(8.4));
  pen.lineTo(x + at(24.2), y + at(16));
  pen.lineTo(x + at(11.5), y + at(23.6));
  pen.closePath();
  pen.fill();
}

function drawCode(pen: SKRSContext2D, { code, hasMoreCode }: CardText, box: Box): void {
  const size = SIZES.find((candidate) => !hasMoreCode && fitsIn(pen, code, box, candidate)) ?? SMALLEST;
  const line = lineHeight(size);
  const top = box.top + PANEL.inset;
  inPanel(pen, box, hasMoreCode || top + code.length * line > box.bottom, () => {
    pen.font = cardFont(size, 'card-mono');
    const digit = pen.measureText('0').width;
    for (const [index, runs] of code.entries()) {
      const y = top + (index + 0.5) * line;
      pen.fillStyle = '#6b7482';
      pen.textAlign = 'right';
      pen.fillText(String(index + 1), PANEL.x + PANEL.inset + 2 * digit, y);
      pen.textAlign = 'left';
      let x = PANEL.x + PANEL.inset + 4 * digit;
      for (const { text, style } of runs) {
        if (x > CARD_WIDTH) break;
        pen.fillStyle = STYLES[style] ?? INK;
        pen.fillText(text, x, y);
        x += pen.measureText(text).width;
      }
    }
  });
}

function fitsIn(pen: SKRSContext2D, code: CardText['code'], { top, bottom }: Box, size: number): boolean {
  pen.font = cardFont(size, 'card-mono');
  const widthOf = (text: string) => pen.measureText(text).width;
  const widest = Math.max(0, ...code.map((runs) => widthOf(runs.map(({ text }) => text).join(''))));
  return (
    code.length * lineHeight(size) <= bottom - top - 2 * PANEL.inset &&
    widest + 4 * widthOf('0') <= PANEL.width - 2 * PANEL.inset
  );
}

function drawOutput(pen: SKRSContext2D, { output, hasMoreOutput }: CardText): void {
  inPanel(pen, OUTPUT, hasMoreOutput, () => {
    pen.font = cardFont(OUTPUT.size, 'card-mono');
    pen.fillStyle = INK;
    for (const [index, line] of output.entries()) {
      pen.fillText(
        line,
        PANEL.x + PANEL.inset,
        OUTPUT.top + 0.85 * PANEL.inset + (index + 0.5) * OUTPUT.line,
      );
    }
  });
}

/** Draws within a panel, and fades what goes on below it and at its right. */
function inPanel(pen: SKRSContext2D, { top, bottom }: Box, hasMore: boolean, draw: () => void): void {
  pen.fillStyle = LINE;
  rounded(pen, PANEL.x - 2, top - 2, PANEL.width + 4, bottom - top + 4, PANEL.radius + 2);
  pen.fillStyle = SURFACE;
  rounded(pen, PANEL.x, top, PANEL.width, bottom - top, PANEL.radius);
  pen.save();
  pen.beginPath();
  pen.roundRect(PANEL.x, top, PANEL.width, bottom - top, PANEL.radius);
  pen.clip();
  draw();
  const right = PANEL.x + PANEL.width;
  fade(pen, [right - 90, 0, right, 0], [right - 90, top, 90, bottom - top]);
  if (hasMore) fade(pen, [0, bottom - 70, 0, bottom], [PANEL.x, bottom - 70, PANEL.width, 70]);
  pen.restore();
}

function fade(
  pen: SKRSContext2D,
  along: [number, number, number, number],
  area: [number, number, number, number],
): void {
  const gradient = pen.createLinearGradient(...along);
  gradient.addColorStop(0, `${SURFACE}00`);
  gradient.addColorStop(1, SURFACE);
  pen.fillStyle = gradient;
  pen.fillRect(...area);
}

function rounded(
  pen: SKRSContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fill();
}

/** As much of a text as fits, and an ellipsis for the rest. */
function fitting(pen: SKRSContext2D, text: string, width: number): string {
  let shown = text.slice(0, 80);
  if (shown === text && pen.measureText(text).width <= width) return text;
  while (shown !== '' && pen.measureText(`${shown}…`).width > width) shown = shown.slice(0, -1);
  return `${shown}…`;
}
