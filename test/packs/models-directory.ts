import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installPack } from '../../src/packs/install.js';

/** Pictures and models that are used by tests only and lie beside the project. */
export const SHARED = resolve(import.meta.dirname, '../../../shared');
export const SHARED_MODELS = join(SHARED, 'models');
export const hasOpenPack = existsSync(join(SHARED_MODELS, 'open', 'face_detection_yunet_2023mar.onnx'));

export interface ModelsDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** A fresh models directory with these packs installed from the npm package and the folder beside the project. */
export async function modelsDirectory(packs: readonly string[]): Promise<ModelsDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'vestibule-models-'));
  for (const pack of packs) await installPack(pack, { modelsDirectory: path, mirror: SHARED_MODELS });
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** x[i] = (i · 7919) mod 255, the input of the golden values of the models' documentation. */
export function goldenInput(dims: readonly number[]): Float32Array {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return Float32Array.from({ length }, (_, i) => (i * 7919) % 255);
}
