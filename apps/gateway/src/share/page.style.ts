import { Html } from '../http/html';

/**
 * The one style of the share page, the embed page and their problems; its hash is in their policies, so it travels
 * with them. Colours and fonts are those of apps/web/src/theme/tokens.css, which page.style.spec.ts compares.
 */
const TOKENS = `:root{color-scheme:light dark;--ground:light-dark(#ffffff,#14161a);--surface:light-dark(#f6f7f9,#1b1e24);--hover:light-dark(#eceef2,#2a2f38);--line:light-dark(#dfe2e8,#2c313a);--line-strong:light-dark(#868d9a,#79818f);--ink:light-dark(#1a1d23,#e6e9ee);--ink-dim:light-dark(#565e6c,#9da5b3);--accent:light-dark(#2f5bea,#8ba9ff);--accent-hover:light-dark(#2549c4,#a6bdff);--on-accent:light-dark(#ffffff,#0f1420);--accent-soft:light-dark(#e8eefe,#24304f);--good:light-dark(#116c38,#5fd38a);--good-soft:light-dark(#e3f5ea,#173222);--bad:light-dark(#b9241c,#ff8f86);--bad-soft:light-dark(#fdebe9,#3d1f1e);--wait:light-dark(#7d5200,#f2c164);--wait-soft:light-dark(#fdf3dc,#372c14);--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;--mono:ui-monospace,SFMono-Regular,'Cascadia Code',Menlo,Consolas,'DejaVu Sans Mono',monospace;--radius:6px}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
`;

const FRAME = `*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:.875rem/1.45 var(--sans);-webkit-text-size-adjust:100%}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:1px}
[hidden]{display:none!important}
:root[data-scripted] button[hidden]{display:inline-flex!important;visibility:hidden}
.top{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1rem;padding:.5rem 1.25rem;border-bottom:1px solid var(--line)}
.brand{display:inline-flex;align-items:center;gap:.5rem;color:var(--ink);font-weight:650;font-size:.9375rem;text-decoration:none}
.actions{display:flex;flex-wrap:wrap;gap:.5rem}
.button{display:inline-flex;align-items:center;height:2rem;padding:0 .75rem;border:1px solid var(--line-strong);border-radius:var(--radius);background:var(--ground);color:var(--ink);font:500 .8125rem var(--sans);text-decoration:none;cursor:pointer}
.button:hover{background:var(--hover)}
.button.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.button.primary:hover{background:var(--accent-hover);border-color:var(--accent-hover)}
.button[disabled]{opacity:.55;cursor:default}
main,.foot{max-width:96rem;margin:0 auto;padding:0 1.25rem}
.foot{margin-top:2rem;padding-bottom:2rem;color:var(--ink-dim);font-size:.8125rem}
.foot p{margin:0;padding-top:.75rem;border-top:1px solid var(--line)}
.foot a{color:inherit}
`;

const SUMMARY = `.summary{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem 1.25rem;padding:1.25rem 0 1rem}
h1{margin:0;font-size:1.25rem;line-height:1.3;font-weight:650}
h1 small{font-weight:400;font-size:.9375rem;color:var(--ink-dim)}
.verdict{display:inline-block;padding:.15rem .65rem;border-radius:1rem;font-weight:600;font-size:.8125rem}
.good{color:var(--good);background:var(--good-soft)}.bad{color:var(--bad);background:var(--bad-soft)}.wait{color:var(--wait);background:var(--wait-soft)}
.message{flex-basis:100%;margin:0;max-width:60rem}
.figures{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0}
.figures div{display:flex;gap:.4rem}
.figures dt{color:var(--ink-dim)}
.figures dd{margin:0;font-variant-numeric:tabular-nums;font-weight:550}
.timeline{flex:1 1 20rem;max-width:36rem;margin:0}
.timeline svg{display:block;width:100%;height:8px;border-radius:4px}
.timeline figcaption{display:flex;flex-wrap:wrap;gap:0 1rem;margin-top:.35rem;color:var(--ink-dim);font-size:.75rem}
.timeline b{color:var(--ink);font-weight:550;font-variant-numeric:tabular-nums}
.timeline i{display:inline-block;width:.6em;height:.6em;margin-right:.4em;border-radius:2px}
.p1{fill:light-dark(#b6bcc8,#5b6371);background:light-dark(#b6bcc8,#5b6371)}.p2{fill:light-dark(#8ba9ff,#4763b8);background:light-dark(#8ba9ff,#4763b8)}.p3{fill:light-dark(#e0a93f,#c08f33);background:light-dark(#e0a93f,#c08f33)}.p4{fill:var(--accent);background:var(--accent)}
`;

const BLOCKS = `.columns{display:grid;gap:0 1.25rem;align-items:start}
.columns>div{min-width:0}
@media(min-width:64rem){.columns.two{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
.files ul{display:flex;flex-wrap:wrap;gap:.35rem;margin:0 0 .75rem;padding:0;list-style:none}
.files a{display:inline-block;padding:.2rem .6rem;border:1px solid var(--line);border-radius:var(--radius);color:var(--ink);font:.8125rem var(--mono);text-decoration:none}
.files a:hover{background:var(--hover)}
.block{margin:0 0 1rem;border:1px solid var(--line);border-radius:8px;overflow:clip;scroll-margin-top:.5rem}
.block>header{display:flex;flex-wrap:wrap;align-items:center;gap:.1rem .75rem;min-height:2.25rem;padding:.25rem .5rem .25rem .9rem;border-bottom:1px solid var(--line)}
h2{margin:0;font-size:.8125rem;font-weight:600;overflow-wrap:anywhere}
.code h2{font-family:var(--mono);font-weight:550}
.note{color:var(--ink-dim);font-size:.75rem}
.tools{display:flex;gap:.25rem;margin-left:auto}
.quiet{padding:.2rem .5rem;border:0;border-radius:4px;background:none;color:var(--ink-dim);font:.75rem var(--sans);text-decoration:none;cursor:pointer}
.quiet:hover{background:var(--hover);color:var(--ink)}
pre{margin:0;padding:.7rem .9rem;overflow:auto;background:var(--surface);font:.8125rem/1.5 var(--mono);tab-size:4;unicode-bidi:plaintext}
pre:focus-visible{outline-offset:-2px}
pre.output{max-height:36rem}
#compiler pre{white-space:pre-wrap;overflow-wrap:anywhere}
pre.lines{padding:.7rem 0;counter-reset:line}
pre.lines code{display:block;width:max-content;min-width:100%;padding-right:.9rem;font:inherit}
.l{counter-increment:line}
.l::before{content:counter(line);display:inline-block;width:3.2em;margin-right:1.1em;color:light-dark(#767f8d,#7c8593);text-align:right;user-select:none;-webkit-user-select:none}
.l:target{background:var(--wait-soft)}
.empty{color:var(--ink-dim)}
.u{padding:0 .2em;border:1px solid var(--line-strong);border-radius:3px;color:var(--bad);font-size:.75em}
.e{color:var(--bad);background:var(--bad-soft)}
.picture{display:block;max-width:100%;max-height:32rem;margin:.25rem 0;background:repeating-conic-gradient(#fff 0 25%,#e9ebef 0 50%) 0/16px 16px}
.player{display:flex;align-items:center;gap:.5rem;padding:.2rem .5rem;border-bottom:1px solid var(--line)}
.player input{flex:1;min-width:3rem;accent-color:var(--accent)}
.player .time{color:var(--ink-dim);font-size:.75rem;font-variant-numeric:tabular-nums}
div.output{padding:.9rem;background:var(--surface)}
.k{color:light-dark(#7c2fa8,#d3a0f5)}.s{color:light-dark(#116c38,#8fd6a4);unicode-bidi:isolate}.c{color:light-dark(#616a78,#8e97a6);font-style:italic;unicode-bidi:isolate}.n{color:light-dark(#9a4a00,#f0b078)}.f{color:light-dark(#1d4fd0,#8fb4ff)}.t{color:light-dark(#0b6672,#6fd0dd)}.a{color:light-dark(#7d5200,#e8c583)}.m{color:var(--ink-dim)}
`;

/** The sixteen colours of a terminal, for letters, so that each can be read on the page. */
const TERMINAL_INKS: readonly (readonly [light: string, dark: string])[] = [
  ['#1a1d23', '#8f98a6'],
  ['#b9241c', '#ff8f86'],
  ['#116c38', '#5fd38a'],
  ['#7d5200', '#f2c164'],
  ['#2549c4', '#8ba9ff'],
  ['#8a2a9e', '#e28bf0'],
  ['#0b6672', '#5cc8d7'],
  ['#565e6c', '#c9cfd9'],
  ['#565e6c', '#9da5b3'],
  ['#c4271e', '#ffa49c'],
  ['#0f7a3c', '#7ee2a0'],
  ['#865800', '#ffd37d'],
  ['#2f5bea', '#a6bdff'],
  ['#a02fb8', '#eda7f8'],
  ['#0c7280', '#7fdbe8'],
  ['#1a1d23', '#ffffff'],
];

/** And for the ground, each with letters that can be read on it. */
const TERMINAL_GROUNDS: readonly (readonly [ground: string, letters: string])[] = [
  ['#23272e', '#fff'],
  ['#b9241c', '#fff'],
  ['#116c38', '#fff'],
  ['#f2c164', '#000'],
  ['#2549c4', '#fff'],
  ['#8a2a9e', '#fff'],
  ['#0b6672', '#fff'],
  ['#d5d9e0', '#000'],
  ['#565e6c', '#fff'],
  ['#ff8f86', '#000'],
  ['#5fd38a', '#000'],
  ['#ffe08a', '#000'],
  ['#8ba9ff', '#000'],
  ['#e28bf0', '#000'],
  ['#5cc8d7', '#000'],
  ['#fff', '#000'],
];

const TERMINAL = [
  '.bi{background:var(--ink);color:var(--ground)}',
  ...TERMINAL_GROUNDS.map(([ground, letters], at) => `.b${at}{background:${ground};color:${letters}}`),
  '.fi{color:var(--ground)}',
  ...TERMINAL_INKS.map(([light, dark], at) => `.f${at}{color:light-dark(${light},${dark})}`),
  '.bo{font-weight:700}.di{opacity:.75}.it{font-style:italic}.un{text-decoration:underline}.st{text-decoration:line-through}.un.st{text-decoration:underline line-through}',
  '',
].join('\n');

const PROBLEM = `.problem{max-width:34rem;padding-top:12vh;text-align:center}
.problem .status{color:var(--ink-dim);font-size:.8125rem;letter-spacing:.04em}
.problem h1{margin:.5rem 0;font-size:1.5rem}
.problem p{margin:.5rem 0 1.5rem}
`;

const EMBED = `.embed{display:flex;flex-direction:column;height:100vh;overflow:hidden}
.embed main{display:flex;flex:1;min-height:0;width:100%;max-width:none;padding:0}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.1rem .75rem;min-height:2.5rem;padding:.25rem .75rem;border-bottom:1px solid var(--line)}
.embed h1{font-size:.875rem}.embed h1 small{font-size:.75rem}
.bar .verdict{padding:.05rem .5rem;font-size:.75rem}
.bar .brand{margin-left:auto;font-size:.75rem;font-weight:550;color:var(--ink-dim)}
.bar .brand:hover{color:var(--ink)}
.bar svg{width:16px;height:16px}
.pane{flex:1;min-width:0;overflow:auto;background:var(--surface)}
.tabs{display:grid;flex:1;min-width:0;grid-template:auto minmax(0,1fr)/auto auto 1fr}
.tabs>input{position:absolute;opacity:0;pointer-events:none}
.tabs>label{padding:.35rem .9rem;border-bottom:2px solid transparent;color:var(--ink-dim);font-size:.8125rem;font-weight:550;cursor:pointer}
.tabs>label:hover{color:var(--ink)}
.tabs>input:checked+label{border-color:var(--accent);color:var(--ink)}
.tabs>input:focus-visible+label{outline:2px solid var(--accent);outline-offset:-2px}
.tabs>.pane{grid-area:2/1/3/4;display:none;border-top:1px solid var(--line)}
#view-code:checked~.code-pane,#view-output:checked~.output-pane{display:block}
@media(min-width:52rem){.tabs{grid-template:minmax(0,1fr)/minmax(0,3fr) minmax(0,2fr)}.tabs>label,.tabs>input{display:none}.tabs>.pane{grid-area:auto;display:block;border-top:0}.tabs>.output-pane{border-left:1px solid var(--line)}}
.embed .block{margin:0;border:0;border-radius:0}
.embed .block+.block{border-top:1px solid var(--line)}
.embed .block>header{min-height:1.75rem;padding:.1rem .9rem;background:var(--ground)}
.embed .tools,.embed .files{display:none}
.embed pre.output{max-height:none}
.said{margin:0;padding:.9rem;color:var(--ink-dim)}
`;

const SMALL_AND_PRINTED = `@media(max-width:40rem){main,.foot{padding:0 .75rem}.top{padding:.5rem .75rem}.actions{gap:.35rem}.actions .button{padding:0 .55rem;font-size:.75rem}.l::before{width:2.4em;margin-right:.7em}.block{border-radius:6px}}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{:root{color-scheme:light!important}.actions,.tools,.files{display:none}.block{break-inside:auto;border-color:#bbb}pre,pre.output{max-height:none;overflow:visible;white-space:pre-wrap;overflow-wrap:anywhere;background:none}pre.lines code{width:auto}.columns.two{display:block}}
`;

export const PAGE_STYLE = [
  '\n',
  TOKENS,
  FRAME,
  SUMMARY,
  BLOCKS,
  TERMINAL,
  PROBLEM,
  EMBED,
  SMALL_AND_PRINTED,
].join('');

export const PAGE_STYLE_HTML = new Html(PAGE_STYLE);
