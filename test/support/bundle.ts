import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/**
 * Builds a TypeScript program of the tests for a process of its own.
 * @param options whole: packages go into the file, which makes its start faster; otherwise they stay in node_modules
 */
export async function bundle(
  entry: string,
  options: { readonly whole?: boolean } = {},
): Promise<{ readonly file: string; remove(): void }> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'vestibule-test-'));
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    ...(options.whole === true && { ssr: { noExternal: true } }),
    build: {
      ssr: resolve(root, entry),
      outDir: directory,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'program.mjs' } },
    },
  });
  return { file: join(directory, 'program.mjs'), remove: () => rmSync(directory, { recursive: true, force: true }) };
}
