import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/gotoError/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/smartSelect/register';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/unicodeHighlighter/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import { editor } from 'monaco-editor/editor/editor.api';
import { CODE_COLOURS, CODE_GROUND, TOKEN_COLOURS } from './monaco.theme';

/** What is drawn behind and around the code. */
const AROUND = {
  light: {
    'editor.selectionBackground': '#cfdcff',
    'editor.inactiveSelectionBackground': '#e3e8f4',
    'editor.lineHighlightBackground': '#f6f7f9',
    'editor.lineHighlightBorder': '#00000000',
    'editor.wordHighlightBackground': '#e8ebf1',
    'editor.wordHighlightStrongBackground': '#dfe6f7',
    'editor.findMatchBackground': '#ffd98a',
    'editor.findMatchHighlightBackground': '#fff0c9',
    'editorCursor.foreground': '#2f5bea',
    'editorBracketMatch.background': '#e8eefe',
    'editorBracketMatch.border': '#9db4f7',
    'editorIndentGuide.background1': '#eceef2',
    'editorIndentGuide.activeBackground1': '#cfd4dc',
    'editorError.foreground': '#c02820',
    'editorWarning.foreground': '#a86f00',
    'editorInfo.foreground': '#2f5bea',
    'editorWidget.background': '#ffffff',
    'editorWidget.border': '#dfe2e8',
    'editorHoverWidget.background': '#ffffff',
    'editorHoverWidget.border': '#dfe2e8',
    'input.background': '#f6f7f9',
    'input.border': '#868d9a',
    focusBorder: '#2f5bea',
    'scrollbarSlider.background': '#1a1d2322',
    'scrollbarSlider.hoverBackground': '#1a1d2344',
    'scrollbarSlider.activeBackground': '#1a1d2355',
    'scrollbar.shadow': '#00000000',
  },
  dark: {
    'editor.selectionBackground': '#2f4373',
    'editor.inactiveSelectionBackground': '#262e42',
    'editor.lineHighlightBackground': '#1a1d23',
    'editor.lineHighlightBorder': '#00000000',
    'editor.wordHighlightBackground': '#2a303c',
    'editor.wordHighlightStrongBackground': '#2f3a55',
    'editor.findMatchBackground': '#7a5b16',
    'editor.findMatchHighlightBackground': '#4a3a15',
    'editorCursor.foreground': '#8ba9ff',
    'editorBracketMatch.background': '#24304f',
    'editorBracketMatch.border': '#51699f',
    'editorIndentGuide.background1': '#23272e',
    'editorIndentGuide.activeBackground1': '#3f4652',
    'editorError.foreground': '#ff8f86',
    'editorWarning.foreground': '#f2c164',
    'editorInfo.foreground': '#8ba9ff',
    'editorWidget.background': '#22262d',
    'editorWidget.border': '#2c313a',
    'editorHoverWidget.background': '#22262d',
    'editorHoverWidget.border': '#2c313a',
    'input.background': '#1b1e24',
    'input.border': '#79818f',
    focusBorder: '#8ba9ff',
    'scrollbarSlider.background': '#e6e9ee22',
    'scrollbarSlider.hoverBackground': '#e6e9ee44',
    'scrollbarSlider.activeBackground': '#e6e9ee55',
    'scrollbar.shadow': '#00000000',
  },
};

/** Names of our themes in the editor. */
export const EDITOR_THEMES = { light: 'runbin-light', dark: 'runbin-dark' } as const;

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

for (const [at, theme] of (['light', 'dark'] as const).entries()) {
  const colour = (name: keyof typeof CODE_COLOURS) => CODE_COLOURS[name][at] ?? '';
  editor.defineTheme(EDITOR_THEMES[theme], {
    base: theme === 'light' ? 'vs' : 'vs-dark',
    inherit: false,
    rules: TOKEN_COLOURS.map(([token, name]) => ({ token, foreground: colour(name).slice(1) })),
    colors: {
      'editor.background': CODE_GROUND[at] ?? '',
      'editor.foreground': colour('text'),
      'editorLineNumber.foreground': colour('comment'),
      'editorLineNumber.activeForeground': colour('text'),
      ...AROUND[theme],
    },
  });
}
