// @ts-check
import { findProgram } from './command.mjs';

/** Names that Chromium and its kin go by. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What the tests and the bench start it with: it asks nobody but our servers for anything. */
export const BROWSER_FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  // We may be root, and so may be the container that we are in.
  '--no-sandbox',
];

/** The absolute path of a browser that the end-to-end tests can drive, or undefined when there is none. */
export function findBrowser() {
  return PROGRAMS.map(findProgram).find((found) => found !== undefined);
}
