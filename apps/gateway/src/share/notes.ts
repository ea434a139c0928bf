import { type Html, markup } from '../http/html';

/** What a reader should know of a block: that it was cut, that it is no text. */
export function notes(said: readonly string[]): Html {
  return said.length === 0 ? markup`` : markup`<small class="note">${said.join(' · ')}</small>`;
}
