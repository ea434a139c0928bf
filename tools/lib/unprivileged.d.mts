export declare const UIDS: Record<string, number>;
export declare function isRoot(): boolean;
export declare function asUser(
  user: { uid: number; groups?: number[]; signal: NodeJS.Signals; paths: string[]; passwd?: string },
  program: string,
  args: string[],
): { program: string; args: string[] };
export declare function viewSteps(
  paths: string[],
  isOpen: (directory: string) => boolean,
): [kind: string, path: string][];
export declare function giveTo(directory: string, uid: number): void;
