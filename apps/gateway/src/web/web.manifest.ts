/** What Vite says of one file of its build (manifest.json), as far as it is read here. */
interface ManifestChunk {
  readonly file: string;
  readonly name?: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}
export type WebManifest = Readonly<Record<string, ManifestChunk>>;

/** What a page must load to have an entry of the build; addresses on this server. */
export interface WebEntry {
  readonly script: string;
  readonly styles: readonly string[];
}

/**
 * @param name of the entry, as in the inputs of apps/web/vite.config.ts
 * @returns undefined when the build has no such entry
 */
export function entryOf(manifest: WebManifest, name: string): WebEntry | undefined {
  const entry = Object.entries(manifest).find(([, chunk]) => chunk.isEntry && chunk.name === name);
  if (!entry) return undefined;
  const [key, { file }] = entry;
  const reached = new Set([key]);
  for (const at of reached) for (const imported of manifest[at]?.imports ?? []) reached.add(imported);
  // What is imported is styled first, so that the page may say otherwise.
  const styles = [...reached].reverse().flatMap((at) => manifest[at]?.css ?? []);
  return { script: `/${file}`, styles: [...new Set(styles)].map((style) => `/${style}`) };
}
