import { MonotonicClock } from '../adapters/clock-monotonic.js';
import { EngineOnnx } from '../adapters/engine-onnx.js';
import type { Vision } from '../ports/vision.js';
import { Analyser } from '../vision/analyse.js';
import { loadFacePipeline } from '../vision/inference/load-pipeline.js';

/** Analyses photographs in this process: for commands without a kiosk beside them. */
export interface StillAnalyser {
  /** Name of the inference engine. */
  readonly engine: string;
  readonly still: Vision['still'];
  dispose(): Promise<void>;
}

export interface StillAnalyserOptions {
  readonly modelsDirectory: string;
  readonly pack: string;
  /** Longest side of the picture that faces are searched in, pixels. */
  readonly detectSize: number;
}

/**
 * Composes decoder, engine and face pipeline. OpenCV aborts the process when it is loaded twice or without its memory
 * rule, so the environment is set before its one import.
 * Throws `opencv_missing`, `engine_missing`, `pack_missing`, `pack_file_invalid`.
 */
export async function openStillAnalyser(options: StillAnalyserOptions): Promise<StillAnalyser> {
  const { OPENCV_ENVIRONMENT } = await import('../adapters/opencv.js');
  Object.assign(process.env, OPENCV_ENVIRONMENT);
  const { ImagingOpencv } = await import('../adapters/imaging-opencv.js');
  const imaging = await ImagingOpencv.load();
  const engine = await EngineOnnx.load();
  const pipeline = await loadFacePipeline(engine, options.modelsDirectory, options.pack, {
    detectSize: options.detectSize,
  });
  const analyser = new Analyser({ pipeline, clock: new MonotonicClock() });
  return {
    engine: engine.name,
    still: async (bytes) => {
      const picture = await imaging.decode(bytes);
      const { faces, scene } = await analyser.still(picture);
      return { width: picture.width, height: picture.height, faces, scene, pack: pipeline.identity };
    },
    dispose: () => pipeline.dispose(),
  };
}
