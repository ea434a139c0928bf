import { markup, type Html } from '../http/html';

/**
 * Characters that would not be seen, or would make text read other than it is: control characters, those that turn the
 * direction of writing, those without any width, in which whole texts can be hidden, and letters that are blank. Joiners
 * belong to some scripts, and deceive only beside ASCII.
 */
export const DECEPTIVE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\u200c\u200d](?:(?=[\u0000-\u007f]|$)|(?<=(?:[\u0000-\u007f]|^)[\u200c\u200d]))/gu;

/** `U+202E` */
export const nameOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Text with its deceptive characters by their names, for the flow of a page. */
export function visible(text: string): Html {
  const parts: Html[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(DECEPTIVE)) {
    parts.push(markup`${text.slice(end, index)}<span class="u">${nameOf(character)}</span>`);
    end = index + character.length;
  }
  return markup`${parts}${text.slice(end)}`;
}

/** The same for places that hold no markup: titles, alternative texts. */
export const visibleText = (text: string): string =>
  text.replace(DECEPTIVE, (character) => nameOf(character));
