import type { Picture } from '../../domain/frame.js';
import type { FaceObservation } from '../../domain/observation.js';
import type { DetectHint, Detection, FacePipeline } from '../../ports/face-pack.js';
import type { PackIdentity } from '../../ports/vision.js';
import type { DlibResnet } from './dlib-resnet.js';
import { measureFace } from './face-quality.js';
import { fivePointsOf, type Landmarks, type Landmarks68 } from './landmarks-68.js';
import { SCALES, type TinyDetector, type TinyFace } from './tiny-detector.js';

/** Points are found for at most this many faces: the kiosk wants one, a crowd must not cost a second a frame. */
const FACES_MAX = 6;
/** While one scale keeps hitting, all scales are searched again after this many frames, for faces of another size. */
const SEARCH_ALL_EVERY = 10;
/** The hint is the scale that hit plus this many times the frames since all scales were searched. */
const HINT_BASE = 8;

/** The core pack: tiny detector at three scales, 68 landmarks, dlib ResNet. */
export class CorePipeline implements FacePipeline {
  readonly identity: PackIdentity;
  private readonly detector: TinyDetector;
  private readonly landmarker: Landmarks68;
  private readonly embedder: DlibResnet;
  /** The five points of an observation are too few for the crop; the 68 live as long as the observation. */
  private readonly landmarksOf = new WeakMap<FaceObservation, Landmarks>();

  constructor(identity: PackIdentity, detector: TinyDetector, landmarker: Landmarks68, embedder: DlibResnet) {
    this.identity = identity;
    this.detector = detector;
    this.landmarker = landmarker;
    this.embedder = embedder;
  }

  async detect(picture: Picture, hint?: DetectHint): Promise<Detection> {
    const last = hint?.last ?? 0;
    const lastScale = last % HINT_BASE;
    const since = Math.floor(last / HINT_BASE);
    const quick = lastScale > 0 && since + 1 < SEARCH_ALL_EVERY;
    let found: readonly TinyFace[] = quick ? await this.detector.detect(picture, [lastScale]) : [];
    const searchedAll = found.length === 0;
    if (searchedAll) {
      found = await this.detector.detect(picture, SCALES);
    }
    const faces: FaceObservation[] = [];
    const largestFirst = [...found].sort((a, b) => area(b) - area(a)).slice(0, FACES_MAX);
    for (const { box, score } of largestFirst) {
      const landmarks = await this.landmarker.find(picture, box);
      if (landmarks === undefined) continue;
      const points = fivePointsOf(landmarks);
      const face: FaceObservation = { box, points, score, quality: measureFace(picture, box, points) };
      this.landmarksOf.set(face, landmarks);
      faces.push(face);
    }
    const largest = largestFirst[0];
    if (faces.length === 0 || largest === undefined) return { faces };
    return { faces, hint: largest.scale + HINT_BASE * (searchedAll ? 0 : since + 1) };
  }

  async embed(picture: Picture, face: FaceObservation): Promise<Float32Array | undefined> {
    const landmarks = this.landmarksOf.get(face) ?? (await this.landmarker.find(picture, face.box));
    return landmarks === undefined ? undefined : this.embedder.embed(picture, landmarks);
  }

  async dispose(): Promise<void> {
    await this.detector.dispose();
    await this.landmarker.dispose();
    await this.embedder.dispose();
  }
}

function area(face: TinyFace): number {
  return face.box.width * face.box.height;
}
