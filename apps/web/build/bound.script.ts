import type { Plugin } from 'vite';
import { brotli } from './precompress.ts';

/** What this reads of a chunk of the bundle. */
interface Chunk {
  readonly name: string;
  readonly imports: readonly string[];
  readonly code: string;
}

/**
 * Measures the script that a page loads at once: its entry and all that this imports, compressed.
 * @param page its HTML file
 * @param maxBytes more than this fails the build
 */
export function boundScript(page: string, maxBytes: number): Plugin {
  return {
    name: 'bound-script',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const chunks = new Map<string, Chunk>();
      let entry: string | undefined;
      for (const [name, output] of Object.entries(bundle)) {
        if (output.type !== 'chunk') continue;
        chunks.set(name, output);
        if (output.isEntry && output.facadeModuleId?.endsWith(`/${page}`)) entry = name;
      }
      if (entry === undefined) throw new Error(`${page} is no entry`);
      let bytes = 0;
      for (const name of reachable(entry, chunks)) {
        bytes += (await brotli(Buffer.from(chunks.get(name)?.code ?? ''))).length;
      }
      const said = `${page} loads ${bytes} bytes of compressed script at once; it may load ${maxBytes}`;
      if (bytes > maxBytes) this.error(said);
      this.info(said);
    },
  };
}

function reachable(entry: string, chunks: ReadonlyMap<string, Chunk>): Set<string> {
  const found = new Set([entry]);
  for (const name of found) for (const imported of chunks.get(name)?.imports ?? []) found.add(imported);
  return found;
}
