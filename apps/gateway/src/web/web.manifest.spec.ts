import { entryOf, type WebManifest } from './web.manifest';

const MANIFEST: WebManifest = {
  '_shared-1.js': { file: 'assets/shared-1.js', name: 'shared', css: ['assets/base-1.css'] },
  '_base-1.css': { file: 'assets/base-1.css' },
  'index.html': {
    file: 'assets/editor-1.js',
    name: 'editor',
    isEntry: true,
    imports: ['_shared-1.js'],
    css: ['assets/editor-1.css', 'assets/base-1.css'],
  },
  'src/share/share.ts': { file: 'assets/share-1.js', name: 'share', isEntry: true },
  'src/lazy.ts': { file: 'assets/lazy-1.js', name: 'lazy' },
};

describe('an entry of the web build', () => {
  it('has its script and the styles of all that it imports, those first', () => {
    expect(entryOf(MANIFEST, 'editor')).toEqual({
      script: '/assets/editor-1.js',
      styles: ['/assets/base-1.css', '/assets/editor-1.css'],
    });
  });

  it('may have no style', () => {
    expect(entryOf(MANIFEST, 'share')).toEqual({ script: '/assets/share-1.js', styles: [] });
  });

  it.each(['shared', 'lazy', 'nothing'])('is not any other file: %s', (name) => {
    expect(entryOf(MANIFEST, name)).toBeUndefined();
  });

  it('ends where imports go in a circle', () => {
    const circle: WebManifest = {
      a: { file: 'assets/a.js', name: 'a', isEntry: true, imports: ['b'] },
      b: { file: 'assets/b.js', imports: ['a'], css: ['assets/b.css'] },
    };
    expect(entryOf(circle, 'a')).toEqual({ script: '/assets/a.js', styles: ['/assets/b.css'] });
  });
});
