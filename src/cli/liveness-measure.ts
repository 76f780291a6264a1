import { MonotonicClock } from '../adapters/clock-monotonic.js';
import { EngineOnnx } from '../adapters/engine-onnx.js';
import { EngineTfjs } from '../adapters/engine-tfjs.js';
import type { VisionResult } from '../domain/observation.js';
import type { Imaging } from '../ports/imaging.js';
import type { MeasureNetworks, MeasureWish, PackIdentity } from '../ports/vision.js';
import { Analyser } from '../vision/analyse.js';
import { loadFacePipeline } from '../vision/inference/load-pipeline.js';
import { CaptureRecord } from '../vision/measure/capture-facts.js';
import { MeasureNetworkLoader } from '../vision/measure/networks.js';
import type { TimedPicture } from './liveness-frames.js';

/** What the vision process does with frames, in this process: for commands without a kiosk beside them. */
export interface LivenessMeasurer {
  readonly imaging: Imaging;
  readonly engine: string;
  readonly pack: PackIdentity;
  readonly networks: MeasureNetworks;
  /** Measures a series of frames as the kiosk would; a new one knows nothing of the last. */
  series(wish: MeasureWish): Promise<MeasuredSeries>;
  dispose(): Promise<void>;
}

export interface MeasuredSeries {
  /** @param session another number begins the capture facts and the tracking anew */
  see(frame: TimedPicture, session: number): Promise<VisionResult>;
}

export interface LivenessMeasurerOptions {
  readonly modelsDirectory: string;
  readonly pack: string;
  readonly detectSize: number;
  /** A network is installed and cannot be used, as a sentence. */
  readonly trouble: (sentence: string) => void;
}

/**
 * Composes decoder, engines, face pipeline and the networks of liveness. Throws `opencv_missing`, `engine_missing`,
 * `pack_missing`, `pack_file_invalid`.
 */
export async function openLivenessMeasurer(options: LivenessMeasurerOptions): Promise<LivenessMeasurer> {
  // OpenCV aborts the process when it is loaded without its memory rule: set before its one import.
  const { OPENCV_ENVIRONMENT } = await import('../adapters/opencv.js');
  Object.assign(process.env, OPENCV_ENVIRONMENT);
  const { ImagingOpencv } = await import('../adapters/imaging-opencv.js');
  const imaging = await ImagingOpencv.load();
  const engine = await EngineOnnx.load();
  const { modelsDirectory, pack, detectSize, trouble } = options;
  const pipeline = await loadFacePipeline(engine, modelsDirectory, pack, { detectSize });
  const source = new MeasureNetworkLoader({
    modelsDirectory,
    onnx: async () => engine,
    tfjs: () => EngineTfjs.load(),
    onFault: (network, { message }) => trouble(`The network ${network} cannot be used: ${message}`),
  });
  const clock = new MonotonicClock();
  return {
    imaging,
    engine: engine.name,
    pack: pipeline.identity,
    networks: await source.available(),
    series: async (wish) => {
      let loaded: () => void = () => undefined;
      const loading = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      const onLoading = (on: boolean): void => {
        if (!on) loaded();
      };
      const analyser = new Analyser({ pipeline, clock, measuring: { source, trouble, onLoading } });
      analyser.prepare(wish);
      if (wish.passive || wish.mesh || wish.body) await loading;
      return series(analyser, wish);
    },
    dispose: async () => {
      await source.dispose();
      await pipeline.dispose();
    },
  };
}

function series(analyser: Analyser, wish: MeasureWish): MeasuredSeries {
  let record: CaptureRecord | undefined;
  let recorded: number | undefined;
  let seq = 0;
  return {
    see: async ({ picture, atMs }, session) => {
      if (session !== recorded || record === undefined) record = new CaptureRecord(session);
      recorded = session;
      record.saw({ bytes: picture.bgr, capturedAt: atMs });
      const { faces, scene, timings, body, colour } = await analyser.live(picture, { session, wish });
      const capture = record.facts();
      return {
        seq: ++seq,
        capturedAt: atMs,
        width: picture.width,
        height: picture.height,
        faces,
        scene,
        timings: { queueMs: 0, ...timings, totalMs: 0 },
        ...(body && { body }),
        ...(colour && { colour }),
        ...(capture && { capture }),
      };
    },
  };
}
