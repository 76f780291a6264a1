import { mkdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { VestibuleError } from '../domain/errors.js';
import { INSTALLED_FILE, type InstalledPack } from '../ports/installed-pack.js';
import { download } from './download.js';
import { storageFault, writeDurably } from './durable-write.js';
import { originOf, readFirst } from './file-origin.js';
import { buildModel } from './importers.js';
import {
  type Manifest,
  type PackBuild,
  type PackFile,
  type PackManifest,
  packManifest,
  readManifest,
} from './manifest.js';
import { packHash, sha256Hex } from './pack-hash.js';
import { verifyPack } from './verify.js';

const DEFAULT_STALL_MS = 30_000;
const DEFAULT_ATTEMPTS = 3;

/** One step of an installation; bytes count over all files of the pack. */
export interface InstallProgress {
  readonly pack: string;
  readonly step: 'fetch' | 'build';
  readonly file: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface InstallOptions {
  readonly modelsDirectory: string;
  /** Folder, file: URL or http(s) URL that holds `<pack>/<file>` or `<file>`; replaces the published addresses. */
  readonly mirror?: string | undefined;
  readonly onProgress?: ((progress: InstallProgress) => void) | undefined;
  readonly fetch?: typeof globalThis.fetch;
  readonly stallMs?: number;
  readonly attempts?: number;
  readonly manifest?: Manifest;
}

export interface InstallOutcome {
  readonly pack: string;
  readonly hash: string;
  readonly folder: string;
  /** False when everything was there already. */
  readonly changed: boolean;
}

/**
 * Installs one pack into `<modelsDirectory>/<id>/`: its files, the models built from them and `installed.json`, each
 * written whole or not at all. Idempotent: what is there with the right hash stays, what is wrong is replaced.
 * Throws `pack_download_failed`, `pack_file_invalid`, `pack_unsupported`, `storage_full`, `storage_failed`.
 */
export async function installPack(id: string, options: InstallOptions): Promise<InstallOutcome> {
  const manifest = options.manifest ?? readManifest();
  const pack = packManifest(id, manifest);
  const folder = join(options.modelsDirectory, id);
  const hash = packHash(pack);
  if ((await verifyPack(id, options.modelsDirectory, manifest)).state === 'installed')
    return { pack: id, hash, folder, changed: false };

  try {
    await mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw storageFault(folder, thrown);
  }
  // A pack being repaired must not look complete.
  await unlink(join(folder, INSTALLED_FILE)).catch(() => undefined);

  const totalBytes = pack.files.reduce((sum, file) => sum + file.bytes, 0);
  let before = 0;
  for (const file of pack.files) {
    const report = (received: number): void =>
      options.onProgress?.({ pack: id, step: 'fetch', file: file.name, doneBytes: before + received, totalBytes });
    report(0);
    await obtain(pack, file, join(folder, file.name), options, report);
    before += file.bytes;
    options.onProgress?.({ pack: id, step: 'fetch', file: file.name, doneBytes: before, totalBytes });
  }
  const built: { name: string; bytes: number; sha256: string }[] = [];
  for (const build of pack.builds) {
    options.onProgress?.({ pack: id, step: 'build', file: build.name, doneBytes: totalBytes, totalBytes });
    built.push(await make(build, folder));
  }
  const files = [...pack.files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })), ...built];
  const installed = recordOf(pack, hash, files);
  await writeDurably(join(folder, INSTALLED_FILE), Buffer.from(`${JSON.stringify(installed, null, 2)}\n`));
  return { pack: id, hash, folder, changed: true };
}

function recordOf(pack: PackManifest, hash: string, files: InstalledPack['files']): InstalledPack {
  if (pack.kind === 'motion') return { version: 1, kind: 'motion', id: pack.id, hash, files };
  const { dim, detector, alignment, embedder } = pack.identity;
  return { version: 1, id: pack.id, hash, dim, detector, alignment, embedder, files };
}

async function obtain(
  pack: PackManifest,
  file: PackFile,
  target: string,
  options: InstallOptions,
  report: (received: number) => void,
): Promise<void> {
  if (await holds(target, file.sha256)) return;
  const origin = originOf(pack.id, file, options.mirror);
  if (origin.kind === 'urls') {
    await download(file, origin.urls, target, {
      fetch: options.fetch ?? globalThis.fetch,
      stallMs: options.stallMs ?? DEFAULT_STALL_MS,
      attempts: options.attempts ?? DEFAULT_ATTEMPTS,
      onBytes: report,
    });
    return;
  }
  const bytes = await readFirst(file, origin.paths, origin.description);
  const hash = sha256Hex(bytes);
  if (bytes.length !== file.bytes || hash !== file.sha256) {
    throw new VestibuleError(
      'pack_file_invalid',
      `${file.name} in ${origin.description} is not the published file (${bytes.length} bytes, sha256 ${hash}; expected ${file.bytes} bytes, ${file.sha256})`,
      { context: { file: file.name } },
    );
  }
  await writeDurably(target, bytes);
}

async function make(build: PackBuild, folder: string): Promise<{ name: string; bytes: number; sha256: string }> {
  const sources = await Promise.all(
    build.from.map(async (name) => ({ name, bytes: new Uint8Array(await readFile(join(folder, name))) })),
  );
  const bytes = buildModel(build.importer, sources);
  const hash = sha256Hex(bytes);
  if (hash !== build.sha256) {
    throw new VestibuleError(
      'pack_unsupported',
      `${build.name}, built from ${build.from.join(' and ')}, is not the model of this release (sha256 ${hash}, expected ${build.sha256})`,
      { context: { file: build.name } },
    );
  }
  await writeDurably(join(folder, build.name), bytes);
  return { name: build.name, bytes: bytes.length, sha256: hash };
}

async function holds(path: string, sha256: string): Promise<boolean> {
  try {
    return sha256Hex(await readFile(path)) === sha256;
  } catch {
    return false;
  }
}
