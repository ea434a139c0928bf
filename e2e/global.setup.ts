import { startSharedCopy } from './shared.system';

module.exports = startSharedCopy;
