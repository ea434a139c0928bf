import { type Pen, samePen, PLAIN, spansOf } from './ansi';
import { type OutputStore, PICTURE, type Row } from './output.store';
import { type Picture, picturesIn } from './picture';
import type { RowSource } from './row.list';
import { styleOf } from './text.style';
import { byteText, durationText } from './units';
import { visibleParts } from './visible';

/** So much of a picture's URL is shown beside it. */
const URL_CHARACTERS = 48;

/** The rows of a program's output, as elements. */
export class TextRows implements RowSource {
  /** Whether each row says when it began. */
  showsTimes = false;

  constructor(private readonly output: OutputStore) {}

  get count(): number {
    return this.output.rowCount;
  }

  length(index: number): number {
    return this.output.rowLength(index);
  }

  onChange(listener: () => void): () => void {
    return this.output.onChange(listener);
  }

  draw(index: number): HTMLElement {
    const row = this.output.row(index);
    const element = make('div', `row row-${row.stream}${row.continues ? ' row-continues' : ''}`);
    const gutter = make('span', 'row-gutter', row.stream === 'stderr' ? 'err' : '');
    gutter.setAttribute('aria-hidden', 'true');
    element.append(gutter);
    if (row.stream === 'stderr') element.append(make('span', 'visually-hidden', 'stderr: '));
    if (this.showsTimes)
      element.append(make('span', 'row-time', row.continues ? '' : durationText(row.atMs)));
    element.append(this.textOf(index, row));
    return element;
  }

  private textOf(index: number, row: Row): HTMLElement {
    const text = make('span', 'row-text');
    const line = row.text.includes(PICTURE) ? this.output.wholeRow(index) : undefined;
    const pictures = line === undefined ? [] : picturesIn(line);
    if (line === undefined || pictures.length === 0) {
      drawText(text, row.text, row.pen);
      if (row.omitted > 0) text.append(make('span', 'row-note', ` … ${byteText(row.omitted)} more`));
      // An empty line is as high as others.
      if (text.childNodes.length === 0) text.append('\u200b');
      return text;
    }
    let from = 0;
    for (const picture of pictures) {
      drawText(text, line.slice(from, picture.start), row.pen);
      text.append(pictureOf(picture));
      from = picture.end;
    }
    drawText(text, line.slice(from, from + URL_CHARACTERS), row.pen);
    return text;
  }
}

/** A picture as a program printed it: only ever the source of an `<img>`, in which nothing runs. */
function pictureOf(picture: Picture): HTMLElement {
  const figure = make('span', 'row-picture');
  const image = document.createElement('img');
  const said = `${picture.format} picture, ${byteText(picture.byteCount)}`;
  image.alt = `${said}, that the program printed`;
  image.decoding = 'async';
  image.addEventListener('error', () => {
    image.replaceWith(make('span', 'row-note', `${said}, which can not be shown`));
  });
  image.src = picture.url;
  const url = make(
    'span',
    'row-url',
    `${picture.url.slice(0, URL_CHARACTERS)}… (${byteText(picture.byteCount)})`,
  );
  figure.append(url, image);
  return figure;
}

function drawText(into: HTMLElement, text: string, pen: Pen): void {
  for (const span of spansOf(text, pen)) {
    const target = samePen(span.pen, PLAIN) ? into : styled(span.pen);
    for (const part of visibleParts(span.text)) {
      if (typeof part === 'string') {
        target.append(part);
        continue;
      }
      const mark = make('span', 'row-mark', part.label);
      mark.title = part.title;
      target.append(mark);
    }
    if (target !== into) into.append(target);
  }
}

function styled(pen: Pen): HTMLElement {
  const { classes, properties } = styleOf(pen);
  const element = make('span', classes.join(' '));
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  return element;
}

function make(name: 'div' | 'span', className = '', text = ''): HTMLElement {
  const element = document.createElement(name);
  if (className !== '') element.className = className;
  if (text !== '') element.textContent = text;
  return element;
}
