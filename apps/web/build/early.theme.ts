import type { HtmlTagDescriptor, Plugin } from 'vite';

/**
 * Puts a script without imports into the head of every page, where it runs before anything is painted: a page that was
 * told to be dark is never white for a moment. A file, since the policy of the pages allows no inline script.
 * @param source relative to the root; an entry of the build
 */
export function earlyTheme(source: string): Plugin {
  return {
    name: 'early-theme',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        if (!bundle) return [tag({ type: 'module', src: `/${source}` })];
        const built = Object.values(bundle).find(
          (output) => output.type === 'chunk' && output.facadeModuleId?.endsWith(`/${source}`),
        );
        if (!built) throw new Error(`${source} is no entry`);
        return [tag({ src: `/${built.fileName}` })];
      },
    },
  };
}

function tag(attrs: Record<string, string>): HtmlTagDescriptor {
  return { tag: 'script', attrs, injectTo: 'head-prepend' };
}
