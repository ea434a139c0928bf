import { PROBLEMS } from '@runbin/contracts/problem';
import { markup, Html } from '../http/html';
import { styledPageCsp } from '../http/security.headers';

/** Swagger UI: its own script and style, its inlined images, and the API beside it; no inline script. */
export const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const DOCS_PAGE = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Runbin API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
`.text;

const PROBLEMS_STYLE = `
:root{color-scheme:light dark}
body{margin:0 auto;max-width:48rem;padding:1.5rem 1rem;font:1rem/1.5 system-ui,sans-serif}
dt{margin-top:1rem;font-family:ui-monospace,Menlo,Consolas,monospace;font-weight:600}
dd{margin:0}
dt:target{outline:2px solid;outline-offset:.25rem}
`;

export const PROBLEMS_CSP = styledPageCsp(PROBLEMS_STYLE);

const problem = ([code, { status, title }]: [string, { status: number; title: string }]) =>
  markup`<dt id="${code}">${code} · ${status}</dt><dd>${title}.</dd>\n`;

/** Every kind of problem; the `type` of a problem document is an anchor here. */
export const PROBLEMS_PAGE = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Problems · Runbin API</title>
<style>${new Html(PROBLEMS_STYLE)}</style>
</head>
<body>
<h1>Problems</h1>
<p>Every error is an RFC 9457 document, <code>application/problem+json</code>. Its <code>code</code> is stable; its
<code>detail</code> says what to change; <code>errors</code>, where there are any, point into the body.</p>
<dl>
${Object.entries(PROBLEMS).map(problem)}</dl>
<p><a href="/docs">API documentation</a></p>
</body>
</html>
`.text;
