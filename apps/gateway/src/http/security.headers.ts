import { createHash } from 'node:crypto';

/** An API answer is data: it may load nothing and be shown nowhere. Pages state their own policy. */
export const DATA_CSP = "default-src 'none'; frame-ancestors 'none'";

/** On every answer, whoever gives it. A header that a handler set itself stays. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': DATA_CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * CSP of a page that has one inline style and nothing else: no script, no image, no frame, no form.
 * @param also directives of more than that, by name
 */
export function styledPageCsp(style: string, also: Readonly<Record<string, string>> = {}): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const directives = {
    'default-src': "'none'",
    'style-src': `'sha256-${hash}'`,
    ...NOWHERE,
    ...also,
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

const NOWHERE = { 'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': "'none'" };

/** CSP of a page of the web build: files of its own and the API beside it, no inline script, no frame. */
export function appPageCsp(styles = "'self'"): string {
  return (
    `default-src 'none'; script-src 'self'; style-src ${styles}; img-src 'self' data: blob:; font-src 'self'; ` +
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  );
}

/** The code editor and the terminal write their styles as they go. */
export const EDITOR_CSP = appPageCsp("'self' 'unsafe-inline'");
