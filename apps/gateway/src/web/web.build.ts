import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { entryOf, type WebEntry, type WebManifest } from './web.manifest';

export const WEB_DIR = Symbol('WEB_DIR');

/** Pages of the build, by the name of their HTML file. */
export type WebPage = 'index' | 'status';

/** What `npm run build` made of apps/web; a gateway can do without. */
@Injectable()
export class WebBuild {
  private readonly manifest: WebManifest;
  private readonly files: ReadonlySet<string>;

  constructor(@Inject(WEB_DIR) directory: string) {
    const manifest = readOrUndefined(path.join(directory, 'manifest.json'));
    if (manifest === undefined) {
      new Logger('Web').warn(
        `no pages in ${directory}: the API is served without them; \`npm run build\` makes them`,
      );
    }
    this.manifest = JSON.parse(manifest ?? '{}') as WebManifest;
    this.files = new Set(
      manifest === undefined ? [] : readdirSync(directory, { recursive: true }).map(String),
    );
  }

  /** Whether the build has this file; a path relative to it. A closed list: what is asked for is never a path. */
  has(file: string): boolean {
    return this.files.has(file);
  }

  /**
   * Script and styles of an entry of the build, for pages that are made here.
   * @returns undefined without a build: the page does without, then
   */
  entry(name: string): WebEntry | undefined {
    return entryOf(this.manifest, name);
  }
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
