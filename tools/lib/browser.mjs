// @ts-check
import { findProgram } from './command.mjs';

/** Names that Chromium and its kin go by. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The absolute path of a browser that the end-to-end tests can drive, or undefined when there is none. */
export function findBrowser() {
  return PROGRAMS.map(findProgram).find((found) => found !== undefined);
}
