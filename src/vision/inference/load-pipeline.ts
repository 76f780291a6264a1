import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toError, VestibuleError } from '../../domain/errors.js';
import type { Engine, Model } from '../../ports/engine.js';
import type { FacePipeline } from '../../ports/face-pack.js';
import { INSTALLED_FILE, type InstalledPack, installedPackSchema } from '../../ports/installed-pack.js';
import type { PackIdentity } from '../../ports/vision.js';
import { CorePipeline } from './core-pipeline.js';
import { DlibResnet } from './dlib-resnet.js';
import { Landmarks68 } from './landmarks-68.js';
import { OpenPipeline } from './open-pipeline.js';
import { Reid0095 } from './reid-0095.js';
import { SerialPipeline } from './serial-pipeline.js';
import { TinyDetector } from './tiny-detector.js';
import { Yunet } from './yunet.js';

export interface PipelineOptions {
  /** Longest side of the picture that faces are searched in, pixels (the core pack always searches 320×320). */
  readonly detectSize: number;
}

/**
 * Loads the networks of an installed pack behind one interface. Every model file is hashed before an engine sees it.
 * Throws `pack_missing` (not installed, or not whole), `pack_file_invalid` (another file than installed),
 * `pack_unsupported` (no code for this pack), `engine_failed`.
 */
export async function loadFacePipeline(
  engine: Engine,
  modelsDirectory: string,
  packId: string,
  options: PipelineOptions,
): Promise<FacePipeline> {
  const folder = join(modelsDirectory, packId);
  const installed = await readInstalled(folder, packId);
  const identity: PackIdentity = { id: installed.id, hash: installed.hash, dim: installed.dim };
  const loaded: Model[] = [];
  const load = async (name: string): Promise<Model> => {
    await checkFile(folder, installed, name);
    const model = await engine.load(join(folder, name));
    loaded.push(model);
    return model;
  };
  try {
    switch (packId) {
      case 'open':
        return new SerialPipeline(
          new OpenPipeline(
            identity,
            new Yunet(await load('yunet-2023mar-any-size.onnx'), options.detectSize),
            new Reid0095(await load('face-reidentification-retail-0095.onnx')),
          ),
        );
      case 'core':
        return new SerialPipeline(
          new CorePipeline(
            identity,
            new TinyDetector(await load('tiny-face-detector.onnx')),
            new Landmarks68(await load('face-landmarks-68.onnx')),
            new DlibResnet(await load('dlib-resnet-v1.onnx')),
          ),
        );
      default:
        throw new VestibuleError('pack_unsupported', `There is no code for the model pack ${packId}`);
    }
  } catch (thrown) {
    for (const model of loaded) await model.dispose();
    throw thrown;
  }
}

async function readInstalled(folder: string, packId: string): Promise<InstalledPack> {
  try {
    const parsed = installedPackSchema.parse(JSON.parse(await readFile(join(folder, INSTALLED_FILE), 'utf8')));
    if (parsed.id !== packId) throw new Error(`${INSTALLED_FILE} is that of the pack ${parsed.id}`);
    return parsed;
  } catch (thrown) {
    throw new VestibuleError('pack_missing', `The model pack ${packId} is not installed in ${folder}`, {
      cause: toError(thrown),
      context: { pack: packId },
    });
  }
}

async function checkFile(folder: string, installed: InstalledPack, name: string): Promise<void> {
  const expected = installed.files.find((file) => file.name === name);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, name));
  } catch (cause) {
    throw new VestibuleError('pack_missing', `${name} of the model pack ${installed.id} is missing in ${folder}`, {
      cause,
      context: { file: name },
    });
  }
  if (createHash('sha256').update(bytes).digest('hex') !== expected?.sha256) {
    throw new VestibuleError('pack_file_invalid', `${join(folder, name)} is not the file that was installed`, {
      context: { file: name },
    });
  }
}
