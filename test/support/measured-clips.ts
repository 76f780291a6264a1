import { join } from 'node:path';
import { EngineOnnx } from '../../src/adapters/engine-onnx.js';
import { EngineTfjs } from '../../src/adapters/engine-tfjs.js';
import type { FaceObservation, VisionResult } from '../../src/domain/observation.js';
import type { FacePipeline } from '../../src/ports/face-pack.js';
import { loadFacePipeline } from '../../src/vision/inference/load-pipeline.js';
import { meshCropOfBox, meshExtent } from '../../src/vision/inference/mesh-crop.js';
import { MeasureNetworkLoader } from '../../src/vision/measure/networks.js';
import { modelsDirectory } from '../packs/models-directory.js';
import { clipPictures } from './face-meshes.js';

/** Measures recorded clips by the real networks, as the kiosk would measure its camera. */
export class ClipMeasures {
  private readonly pipeline: FacePipeline;
  private readonly networks: MeasureNetworkLoader;
  private readonly remove: () => Promise<void>;

  private constructor(pipeline: FacePipeline, networks: MeasureNetworkLoader, remove: () => Promise<void>) {
    this.pipeline = pipeline;
    this.networks = networks;
    this.remove = remove;
  }

  /** @param mesh the pack of the face mesh is installed as well, and used */
  static async load(mesh = false): Promise<ClipMeasures> {
    const models = await modelsDirectory(mesh ? ['open', 'motion'] : ['open']);
    const engine = await EngineOnnx.load();
    const pipeline = await loadFacePipeline(engine, models.path, 'open', { detectSize: 320 });
    const networks = new MeasureNetworkLoader({
      modelsDirectory: join(models.path),
      onnx: async () => engine,
      tfjs: () => EngineTfjs.load(),
      onFault: (network, fault) => {
        throw new Error(`${network}: ${fault.message}`);
      },
    });
    return new ClipMeasures(pipeline, networks, models.remove);
  }

  /**
   * Results of a clip, or its first seconds, at `fps` frames of its own time. Whole frames and light ones take turns as
   * in the vision process: every second one is embedded and scored, and every one meshed if that is wished.
   */
  async results(
    file: string,
    fps: number,
    options: { readonly session: number; readonly startAt: number; readonly mesh?: boolean; readonly seconds?: number },
  ): Promise<VisionResult[]> {
    const pair = await this.networks.passive();
    const mesher = options.mesh === true ? await this.networks.mesh() : undefined;
    const results: VisionResult[] = [];
    const intervalMs = 1000 / fps;
    const pictures = clipPictures(file, fps).slice(0, fps * (options.seconds ?? Number.POSITIVE_INFINITY));
    for (const [index, picture] of pictures.entries()) {
      const { faces } = await this.pipeline.detect(picture);
      const [first, ...others] = faces;
      const seen: FaceObservation[] = [...others];
      if (first !== undefined) {
        const whole = index % 2 === 0;
        const embedding = whole ? await this.pipeline.embed(picture, first) : undefined;
        const crop = meshCropOfBox(first.box, 'yunet');
        const mesh = crop && (await mesher?.measure(picture, crop));
        const by = mesh === undefined ? 'detector' : 'mesh';
        const box = mesh === undefined ? first.box : meshExtent(mesh);
        const passive = whole ? await pair?.score(picture, box, by) : undefined;
        seen.unshift({ ...first, ...(embedding && { embedding }), ...(mesh && { mesh }), ...(passive && { passive }) });
      }
      results.push({
        seq: index + 1,
        capturedAt: options.startAt + index * intervalMs,
        width: picture.width,
        height: picture.height,
        faces: seen,
        scene: { brightness: 120, contrast: 40 },
        timings: { queueMs: 0, detectMs: 0, embedMs: 0, totalMs: 0 },
        capture: {
          session: options.session,
          frames: index + 1,
          longestRepeat: 1,
          looped: 0,
          longestGapMs: intervalMs,
          clockWentBack: false,
        },
      });
    }
    return results;
  }

  async dispose(): Promise<void> {
    await this.networks.dispose();
    await this.pipeline.dispose();
    await this.remove();
  }
}
