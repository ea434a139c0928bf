import { stopSharedCopies } from './shared.system';

module.exports = stopSharedCopies;
