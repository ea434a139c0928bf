import { stopSharedCopy } from './shared.system';

module.exports = stopSharedCopy;
