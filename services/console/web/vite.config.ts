import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    outDir: '../../../dist/services/console/bundle',
    emptyOutDir: true,
    // What browsers of the last years know.
    target: 'es2022',
    // A file of its own, whatever its size: the page's policy allows no data in scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // What the server's compiler is told is not for the browser's.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
