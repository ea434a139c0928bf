/** Colours of code: light, dark. On `--ground`, with a contrast of 4.5 or more (monaco.theme.spec.ts). */
export const CODE_COLOURS = {
  text: ['#1a1d23', '#e6e9ee'],
  comment: ['#5f6b7a', '#8b95a5'],
  keyword: ['#8a1f9c', '#d9a2f5'],
  string: ['#0b6b3a', '#8fd6a4'],
  number: ['#a4420a', '#f0b179'],
  type: ['#1759b8', '#8fbcff'],
  function: ['#1759b8', '#8fbcff'],
  regexp: ['#a3154a', '#ff9db5'],
  variable: ['#1a1d23', '#e6e9ee'],
  tag: ['#8a1f9c', '#d9a2f5'],
  attribute: ['#a4420a', '#f0b179'],
} as const;

/** The ground of the editor, as tokens.css has it. */
export const CODE_GROUND = ['#ffffff', '#14161a'] as const;

/** Tokens of the grammars, to the colours above. */
export const TOKEN_COLOURS: readonly [token: string, colour: keyof typeof CODE_COLOURS][] = [
  ['', 'text'],
  ['comment', 'comment'],
  ['keyword', 'keyword'],
  ['keyword.directive', 'number'],
  ['operator', 'text'],
  ['delimiter', 'text'],
  ['string', 'string'],
  ['string.escape', 'string'],
  ['number', 'number'],
  ['constant', 'number'],
  ['type', 'type'],
  ['type.identifier', 'type'],
  ['namespace', 'type'],
  ['identifier', 'text'],
  ['predefined', 'function'],
  ['support.function', 'function'],
  ['annotation', 'number'],
  ['regexp', 'regexp'],
  ['variable', 'variable'],
  ['variable.predefined', 'number'],
  ['tag', 'tag'],
  ['attribute.name', 'attribute'],
  ['attribute.value', 'string'],
  ['metatag', 'number'],
];
