import type { PrivateCopy } from '../private.copy.mjs';
import type { Use } from './profile.mjs';

export declare class UsageReader {
  constructor(copy: PrivateCopy, monitorPort: number);
  read(): Promise<Use>;
  close(): Promise<void>;
}
