import type { Picture } from '../../domain/frame.js';
import type { Box } from '../../domain/observation.js';
import { unit } from '../../domain/vector.js';
import type { Model } from '../../ports/engine.js';
import { clipToPicture, type Landmarks, meanPoint } from './landmarks-68.js';
import { centredSquare, SquareResize } from './resize.js';

const SIZE = 150;
/** Distance from eyes to mouth as a part of the crop's side, and the face centre's place in it (docs/networks.md 4.6). */
const EYES_TO_MOUTH = 0.45;
const CENTRE_X = 0.5;
const CENTRE_Y = 0.43;

/** The part of the picture that the embedder sees: upright, sized by the distance from eyes to mouth. */
function faceCrop(picture: Picture, landmarks: Landmarks): Box | undefined {
  const left = meanPoint(landmarks, 36, 41);
  const right = meanPoint(landmarks, 42, 47);
  const mouth = meanPoint(landmarks, 48, 67);
  const toMouth =
    (Math.hypot(mouth.x - left.x, mouth.y - left.y) + Math.hypot(mouth.x - right.x, mouth.y - right.y)) / 2;
  const side = Math.floor(toMouth / EYES_TO_MOUTH);
  const x = Math.floor(Math.max(0, (left.x + right.x + mouth.x) / 3 - CENTRE_X * side));
  const y = Math.floor(Math.max(0, (left.y + right.y + mouth.y) / 3 - CENTRE_Y * side));
  return clipToPicture(picture, { x, y, width: side, height: side });
}

/** dlib's face recognition ResNet: landmarks and a picture → unit vector of 128. */
export class DlibResnet {
  private readonly model: Model;
  private readonly resize = new SquareResize(SIZE);

  constructor(model: Model) {
    this.model = model;
  }

  /** Undefined when the crop is empty or the network gave no direction. */
  async embed(picture: Picture, landmarks: Landmarks): Promise<Float32Array | undefined> {
    const crop = faceCrop(picture, landmarks);
    if (crop === undefined) return undefined;
    const planes = this.resize.run(picture, centredSquare(crop));
    const outputs = await this.model.run({ [this.model.inputs[0]!]: { data: planes, dims: [1, 3, SIZE, SIZE] } });
    return unit(outputs[this.model.outputs[0]!]!.data as Float32Array);
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}
