import type { Picture } from '../../domain/frame.js';
import type { FaceObservation } from '../../domain/observation.js';
import type { Detection, FacePipeline } from '../../ports/face-pack.js';
import type { PackIdentity } from '../../ports/vision.js';
import { measureFace } from './face-quality.js';
import type { Reid0095 } from './reid-0095.js';
import type { Yunet } from './yunet.js';

/** The open pack: YuNet on the reduced picture, face-reidentification-retail-0095 on the full one. */
export class OpenPipeline implements FacePipeline {
  readonly identity: PackIdentity;
  private readonly detector: Yunet;
  private readonly embedder: Reid0095;

  constructor(identity: PackIdentity, detector: Yunet, embedder: Reid0095) {
    this.identity = identity;
    this.detector = detector;
    this.embedder = embedder;
  }

  async detect(picture: Picture): Promise<Detection> {
    const found = await this.detector.detect(picture);
    const faces = found
      .sort((a, b) => b.box.width * b.box.height - a.box.width * a.box.height)
      .map((face) => ({ ...face, quality: measureFace(picture, face.box, face.points) }));
    return { faces };
  }

  embed(picture: Picture, face: FaceObservation): Promise<Float32Array | undefined> {
    return this.embedder.embed(picture, face.points);
  }

  async dispose(): Promise<void> {
    await this.detector.dispose();
    await this.embedder.dispose();
  }
}
