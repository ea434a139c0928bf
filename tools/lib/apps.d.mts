export const APPS: string[];
export const DATABASE_APPS: string[];
export function environmentFor(
  app: string,
  environment: NodeJS.ProcessEnv,
): Record<string, string | undefined>;
