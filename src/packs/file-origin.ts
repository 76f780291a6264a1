import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toError, VestibuleError } from '../domain/errors.js';
import type { PackFile } from './manifest.js';

/** Where one file of a pack can be had. */
export type FileOrigin =
  | { readonly kind: 'paths'; readonly paths: readonly string[]; readonly description: string }
  | { readonly kind: 'urls'; readonly urls: readonly string[] };

const require = createRequire(import.meta.url);

/** Folder of an installed npm package, or undefined when it is not installed. Some packages hide their package.json. */
function packageFolder(name: string): string | undefined {
  const folders = require.resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

/**
 * The places to look for one file. A mirror (folder, file: URL or http(s) URL) replaces the published addresses: what a
 * closed network gets must not depend on whether the internet answers. Files of npm packages come from the package.
 */
export function originOf(packId: string, file: PackFile, mirror: string | undefined): FileOrigin {
  if ('npm' in file.source) {
    const { package: name, path } = file.source.npm;
    const folder = packageFolder(name);
    if (folder !== undefined || mirror === undefined || mirror === '') {
      return {
        kind: 'paths',
        paths: folder === undefined ? [] : [join(folder, path)],
        description: `the npm package ${name}`,
      };
    }
  }
  if (mirror !== undefined && mirror !== '') {
    if (/^https?:\/\//i.test(mirror)) {
      const base = mirror.replace(/\/+$/, '');
      return { kind: 'urls', urls: [`${base}/${packId}/${file.name}`, `${base}/${file.name}`] };
    }
    const folder = mirror.startsWith('file:') ? fileURLToPath(mirror) : mirror;
    return {
      kind: 'paths',
      paths: [join(folder, packId, file.name), join(folder, file.name)],
      description: `the mirror ${mirror}`,
    };
  }
  return { kind: 'urls', urls: 'urls' in file.source ? file.source.urls : [] };
}

/** Reads the first of the paths that exists. Throws `pack_download_failed` naming the places when none does. */
export async function readFirst(file: PackFile, paths: readonly string[], description: string): Promise<Uint8Array> {
  for (const path of paths) {
    try {
      return await readFile(path);
    } catch (thrown) {
      const error = toError(thrown) as NodeJS.ErrnoException;
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') {
        throw new VestibuleError('pack_download_failed', `${path} cannot be read: ${error.message}`, {
          cause: error,
          context: { file: file.name },
        });
      }
    }
  }
  const places = paths.length === 0 ? 'it is not installed; run `npm ci`' : `looked at ${paths.join(' and ')}`;
  throw new VestibuleError('pack_download_failed', `${file.name} is not in ${description} (${places})`, {
    context: { file: file.name },
  });
}
