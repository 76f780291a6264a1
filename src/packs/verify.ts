import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { INSTALLED_FILE, installedPackSchema } from '../ports/installed-pack.js';
import { type FacePackId, type Manifest, type PackManifest, packManifest, readManifest } from './manifest.js';
import { packHash, sha256Hex } from './pack-hash.js';

/** What lies in a models directory for one pack. */
export interface PackState {
  readonly id: string;
  /** Only a face pack recognises anybody. */
  readonly kind: PackManifest['kind'];
  readonly title: string;
  readonly state: 'installed' | 'missing' | 'broken';
  /** Why it is missing or broken, one sentence each; empty when installed. */
  readonly reasons: readonly string[];
  /** Identity of the pack of this release: `sha256:` + 64 hex digits. */
  readonly hash: string;
  /** Length of an embedding; a motion pack makes none. */
  readonly dim?: number;
  /** Bytes of the published files. */
  readonly bytes: number;
}

/** Hashes every file of one pack again and compares with the manifest of this release. */
export async function verifyPack(
  id: string,
  modelsDirectory: string,
  manifest: Manifest = readManifest(),
): Promise<PackState> {
  const pack = packManifest(id, manifest);
  const folder = join(modelsDirectory, id);
  const bytes = pack.files.reduce((sum, file) => sum + file.bytes, 0);
  const dim = pack.kind === 'face' ? { dim: pack.identity.dim } : {};
  const result = { id, kind: pack.kind, title: pack.title, hash: packHash(pack), ...dim, bytes };

  const wanted = [
    ...pack.files.map((file) => ({ name: file.name, sha256: file.sha256 })),
    ...pack.builds.map((build) => ({ name: build.name, sha256: build.sha256 })),
  ];
  const checks = await Promise.all(wanted.map(async (file) => ({ file, hash: await hashOf(join(folder, file.name)) })));
  const record = await readRecord(join(folder, INSTALLED_FILE));
  if (record === undefined && checks.every(({ hash }) => hash === undefined)) {
    return { ...result, state: 'missing', reasons: [`Nothing of it is in ${folder}.`] };
  }
  const reasons = checks.flatMap(({ file, hash }) => {
    if (hash === undefined) return [`${file.name} is missing.`];
    return hash === file.sha256 ? [] : [`${file.name} is not the published file (sha256 ${hash}).`];
  });
  if (record === undefined) reasons.push('The installation was not finished.');
  else if (record === 'unreadable') reasons.push(`${INSTALLED_FILE} is damaged.`);
  else if (record !== result.hash) reasons.push(`${INSTALLED_FILE} belongs to another release.`);
  return { ...result, state: reasons.length === 0 ? 'installed' : 'broken', reasons };
}

/** State of every pack of this release: face packs, best first, then the others. */
export async function listPacks(
  modelsDirectory: string,
  manifest: Manifest = readManifest(),
): Promise<readonly PackState[]> {
  const rank = (pack: PackManifest): number => (pack.kind === 'face' ? pack.rank : Number.NEGATIVE_INFINITY);
  const sorted = [...manifest.packs].sort((a, b) => (rank(a) < rank(b) ? 1 : -1));
  return Promise.all(sorted.map((pack) => verifyPack(pack.id, modelsDirectory, manifest)));
}

/** The best face pack that is installed and whole, or undefined when there is none. */
export async function bestPack(
  modelsDirectory: string,
  manifest: Manifest = readManifest(),
): Promise<FacePackId | undefined> {
  const packs = await listPacks(modelsDirectory, manifest);
  return packs.find((pack) => pack.kind === 'face' && pack.state === 'installed')?.id as FacePackId | undefined;
}

async function hashOf(path: string): Promise<string | undefined> {
  try {
    return sha256Hex(await readFile(path));
  } catch {
    return undefined;
  }
}

/** The pack hash stated by `installed.json`, `unreadable`, or undefined when there is no such file. */
async function readRecord(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return installedPackSchema.parse(JSON.parse(text)).hash;
  } catch {
    return 'unreadable';
  }
}
