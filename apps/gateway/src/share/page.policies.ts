import { styledPageCsp } from '../http/security.headers';
import { PAGE_STYLE } from './page.style';

/** A page with a script of ours, which asks the API; and pictures that programs printed. */
export const SHARE_CSP = styledPageCsp(PAGE_STYLE, {
  'script-src': "'self'",
  'connect-src': "'self'",
  'img-src': "'self' data:",
});

/** A page of words. */
export const PROBLEM_CSP = styledPageCsp(PAGE_STYLE, { 'img-src': 'data:' });

/**
 * Anybody may frame it, and it may do nothing: no script, no request, no form, and an origin of its own. What it links
 * to opens in a page that is as free as any.
 */
export const EMBED_CSP = styledPageCsp(PAGE_STYLE, {
  'img-src': 'data:',
  'frame-ancestors': '*',
  sandbox: 'allow-popups allow-popups-to-escape-sandbox',
});

/**
 * The embed page, and the one that says why there is none. Anybody may frame them, also from a page that takes in nothing that does not let it.
 */
export const EMBED_HEADERS = {
  'content-security-policy': EMBED_CSP,
  'cross-origin-resource-policy': 'cross-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
