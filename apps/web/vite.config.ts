import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { boundScript } from './build/bound.script.ts';
import { earlyTheme } from './build/early.theme.ts';
import { precompress } from './build/precompress.ts';

const here = (name: string) => path.join(import.meta.dirname, name);

/** Compressed bytes of script that the editor page may load before the code editor itself. */
const EDITOR_SCRIPT_BYTES = 200_000;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    earlyTheme('src/theme/early.ts'),
    precompress(),
    boundScript('index.html', EDITOR_SCRIPT_BYTES),
  ],
  resolve: { alias: { '@runbin/contracts': here('../../libs/contracts/src') } },
  build: {
    outDir: here('../../dist/web'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2023',
    // Those that know light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy of the pages forbids data: and blob: scripts, and a file of its own is cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The code editor, which is loaded on its own.
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      input: {
        editor: here('index.html'),
        status: here('status.html'),
        early: here('src/theme/early.ts'),
        share: here('src/share/share.ts'),
      },
    },
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: Object.fromEntries(
      ['/v1', '/s/', '/embed/', '/docs', '/openapi.json', '/healthz', '/readyz'].map((at) => [
        at,
        { target: `http://127.0.0.1:3000`, ws: at === '/v1' },
      ]),
    ),
  },
});
