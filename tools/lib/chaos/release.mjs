// @ts-check
import { outputOf } from '../command.mjs';

/** The release before this one: whoever deploys this one has it running. To be set to the other at each release. */
export const LAST_RELEASE = '2b72e40';

/** Why there is nothing to deploy over; undefined when there is. @param {string} release */
export const whyNoRelease = (release) =>
  outputOf('git', ['rev-parse', '--verify', '--quiet', `${release}^{commit}`]) === ''
    ? `this clone does not know ${release}`
    : undefined;
