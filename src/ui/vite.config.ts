import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Three pages, own files only; the content security policy allows nothing inline, so nothing is inlined. */
export default defineConfig({
  root: here('.'),
  plugins: [preact()],
  // The build without polyfills: those look for the global object by making a function of a string.
  resolve: { alias: { 'simple-keyboard': 'simple-keyboard/build/index.modern.esm.js' } },
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    target: 'chrome110',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: here('index.html'), admin: here('admin.html'), login: here('login.html') } },
  },
});
