import { createHash } from 'node:crypto';
import type { PackManifest } from './manifest.js';

/** Lower-case hex sha256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Identity of the embeddings that a pack makes: sha256 over the ids of detector, alignment and embedder, the dimension,
 * the metric and the hashes of the models an embedding depends on, one `key=value` line each, sorted builds.
 * Templates with another hash never compare.
 */
export function packHash(pack: PackManifest): string {
  const { detector, alignment, embedder, dim, metric } = pack.identity;
  const lines = [
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
  return `sha256:${sha256Hex(Buffer.from(`${lines.join('\n')}\n`, 'utf8'))}`;
}
