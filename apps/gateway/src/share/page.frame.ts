import { Html, markup } from '../http/html';
import { PAGE_STYLE_HTML } from './page.style';

/** The mark of apps/web/src/theme/icon.svg. */
const MARK_SHAPES =
  '<rect width="32" height="32" rx="8" fill="#2f5bea"/><path fill="#fff" d="M11.5 9.2v13.6a.9.9 0 0 0 1.37.77l10.9-6.8a.9.9 0 0 0 0-1.54l-10.9-6.8a.9.9 0 0 0-1.37.77Z"/>';

const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${MARK_SHAPES}</svg>`,
)}`;

/** What a page says of itself before its body. */
export interface PageHead {
  readonly title: string;
  /** More of the head. */
  readonly more?: Html;
  /** As somebody asked for it; else it is the system's. */
  readonly theme?: 'light' | 'dark' | undefined;
  readonly bodyClass?: string;
}

/** A whole page of ours: complete in one answer, style and all. */
export function pageOf({ title, more, theme, bodyClass }: PageHead, body: Html): string {
  return markup`<!doctype html>
<html lang="en"${theme ? markup` data-theme="${theme}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<style>${PAGE_STYLE_HTML}</style>
${more ?? ''}
</head>
<body${bodyClass ? markup` class="${bodyClass}"` : ''}>
${body}
</body>
</html>
`.text;
}

export const MARK = markup`<svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">${new Html(MARK_SHAPES)}</svg>`;

export const BRAND = markup`<a class="brand" href="/">${MARK}Runbin</a>`;

/** A page without script can only look again. */
export const refreshEvery = (seconds: number): Html =>
  markup`<meta http-equiv="refresh" content="${seconds}">`;
