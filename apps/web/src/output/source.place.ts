import { utf8Length } from './bytes';

/** How a tool counts columns. Editors count UTF-16 units from 1. */
export interface ColumnUnit {
  /** Number of the first column. */
  readonly first: 0 | 1;
  readonly of: 'units' | 'characters' | 'bytes' | 'cells';
  /** Where a tab goes on to, in columns; 1: it is a character like others. */
  readonly tab: 1 | 8;
}

export const UNITS: ColumnUnit = { first: 1, of: 'units', tab: 1 };
export const UNITS_WITH_TABS: ColumnUnit = { first: 1, of: 'units', tab: 8 };
export const CHARACTERS: ColumnUnit = { first: 1, of: 'characters', tab: 1 };
export const CHARACTERS_FROM_0: ColumnUnit = { first: 0, of: 'characters', tab: 1 };
export const CHARACTERS_WITH_TABS: ColumnUnit = { first: 1, of: 'characters', tab: 8 };
export const BYTES: ColumnUnit = { first: 1, of: 'bytes', tab: 1 };
export const BYTES_FROM_0: ColumnUnit = { first: 0, of: 'bytes', tab: 1 };
export const CELLS_EXCEPT_TABS: ColumnUnit = { first: 1, of: 'cells', tab: 1 };
export const CELLS: ColumnUnit = { first: 1, of: 'cells', tab: 8 };

/** East Asian wide characters, and pictures: two cells of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

/** The editor's column for what a tool said of this line; beyond its end, the column behind its last character. */
export function editorColumn(line: string, column: number, unit: ColumnUnit): number {
  const wanted = column - unit.first;
  let counted = 0;
  let units = 0;
  for (const character of line) {
    if (counted >= wanted) break;
    counted += widthOf(character, counted, unit);
    units += character.length;
  }
  return units + 1;
}

function widthOf(character: string, at: number, { of, tab }: ColumnUnit): number {
  if (character === '\t') return tab - (at % tab);
  switch (of) {
    case 'units':
      return character.length;
    case 'characters':
      return 1;
    case 'bytes':
      return utf8Length(character);
    case 'cells':
      return WIDE.test(character) ? 2 : /\p{M}/u.test(character) ? 0 : 1;
  }
}

/** Column behind the word, the number, the quoted text or the single sign that begins at a column of this line. */
export function endOfToken(line: string, column: number): number {
  const [token = ''] =
    /^(?:[\p{L}\p{N}_$]+|(["'`])(?:\\.|(?!\1|\\).)*\1|.)/u.exec(line.slice(column - 1)) ?? [];
  return column + Math.max(1, token.length);
}
