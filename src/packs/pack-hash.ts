import { createHash } from 'node:crypto';
import type { FacePackManifest, PackManifest } from './manifest.js';

/** Lower-case hex sha256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Identity of a pack, `sha256:` + 64 hex digits. Of a face pack: of the embeddings that it makes; templates with another
 * hash never compare. Of a motion pack: of its files.
 */
export function packHash(pack: PackManifest): string {
  const lines = pack.kind === 'face' ? identityLines(pack) : fileLines(pack);
  return `sha256:${sha256Hex(Buffer.from(`${lines.join('\n')}\n`, 'utf8'))}`;
}

/**
 * The ids of detector, alignment and embedder, the dimension, the metric and the hashes of the models an embedding
 * depends on, one `key=value` line each, sorted builds.
 */
function identityLines(pack: FacePackManifest): readonly string[] {
  const { detector, alignment, embedder, dim, metric } = pack.identity;
  return [
    'vestibule-pack-1',
    `id=${pack.id}`,
    `detector=${detector}`,
    `alignment=${alignment}`,
    `embedder=${embedder}`,
    `dim=${dim}`,
    `metric=${metric}`,
    ...pack.builds
      .filter((build) => build.identifies)
      .map((build) => `model=${build.name}:${build.sha256}`)
      .sort(),
  ];
}

function fileLines(pack: PackManifest): readonly string[] {
  return ['vestibule-pack-1', `id=${pack.id}`, ...pack.files.map((file) => `file=${file.name}:${file.sha256}`).sort()];
}
