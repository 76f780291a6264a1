import { join } from 'node:path';
import { VestibuleError } from '../../domain/errors.js';
import type { Engine, Model } from '../../ports/engine.js';
import type { FacePipeline } from '../../ports/face-pack.js';
import type { PackIdentity } from '../../ports/vision.js';
import { CorePipeline } from './core-pipeline.js';
import { DlibResnet } from './dlib-resnet.js';
import { Landmarks68 } from './landmarks-68.js';
import { OpenPipeline } from './open-pipeline.js';
import { checkFile, readInstalled } from './pack-files.js';
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
  if ('kind' in installed)
    throw new VestibuleError('pack_unsupported', `The model pack ${packId} does not recognise faces`);
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
