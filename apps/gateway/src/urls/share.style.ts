/** The one style of the share page; its hash is in the page's policy, so it travels with the page. */
export const SHARE_STYLE = `
:root{color-scheme:light dark;--ink:#1c2128;--dim:#5b6470;--paper:#fff;--sheet:#f5f6f8;--line:#d9dde3;--good:#116b34;--bad:#b3261e;--wait:#7a5200}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ee;--dim:#9aa4b1;--paper:#14171b;--sheet:#1d2127;--line:#323841;--good:#5fd38a;--bad:#ff8a80;--wait:#ffca66}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.25rem 1rem 3rem;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
header{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
h1{font-size:1.25rem;margin:0}
h2{font-size:.9rem;margin:1.5rem 0 .4rem;font-weight:600}
h2 small,p.facts,footer{color:var(--dim);font-weight:400;font-size:.85rem}
p.facts{margin:.25rem 0 0}
.verdict{font-weight:600}
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}
pre{margin:0;padding:.75rem;overflow:auto;max-height:36rem;background:var(--sheet);border:1px solid var(--line);border-radius:.4rem;font:.85rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;tab-size:4;unicode-bidi:plaintext}
pre:empty::before{content:"(empty)";color:var(--dim)}
.code-point{color:var(--dim);border:1px solid var(--line);border-radius:.2rem;font-size:.75em;padding:0 .15em}
footer{margin-top:2rem;border-top:1px solid var(--line);padding-top:.5rem}
a{color:inherit}
`;
