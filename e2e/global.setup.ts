import { startSharedCopies } from './shared.system';

module.exports = startSharedCopies;
