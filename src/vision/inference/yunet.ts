import { VestibuleError } from '../../domain/errors.js';
import type { Picture } from '../../domain/frame.js';
import type { Box, FivePoints, Point } from '../../domain/observation.js';
import type { Model, Tensor } from '../../ports/engine.js';
import { suppress } from './nms.js';
import { PictureReducer, type ReducedPicture } from './reduce.js';

const STRIDES = [8, 16, 32] as const;
const SCORE_MIN = 0.6;
const OVERLAP_MAX = 0.3;

/** A face as a detector finds it, pixels of the full picture. */
export interface DetectedFace {
  readonly box: Box;
  readonly points: FivePoints;
  readonly score: number;
}

/** YuNet 2023mar with free input size: faces of about 10–300 pixels with five points each (docs/networks.md 4.2). */
export class Yunet {
  private readonly model: Model;
  private readonly reducer: PictureReducer;

  /** @param detectSize longest side of the picture that is searched, pixels */
  constructor(model: Model, detectSize: number) {
    this.model = model;
    this.reducer = new PictureReducer(detectSize);
  }

  /** Faces with score ≥ 0.6 after suppression, highest score first. */
  async detect(picture: Picture): Promise<DetectedFace[]> {
    const reduced = this.reducer.run(picture);
    const outputs = await this.model.run({
      [this.model.inputs[0]!]: { data: reduced.planes, dims: [1, 3, reduced.height, reduced.width] },
    });
    const found = STRIDES.flatMap((stride) => decodeStride(outputs, stride, reduced));
    return suppress(found, OVERLAP_MAX);
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}

function output(outputs: Readonly<Record<string, Tensor>>, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor === undefined) throw new VestibuleError('engine_failed', `YuNet gave no output ${name}`);
  return tensor.data as Float32Array;
}

function decodeStride(
  outputs: Readonly<Record<string, Tensor>>,
  stride: number,
  reduced: ReducedPicture,
): DetectedFace[] {
  const cls = output(outputs, `cls_${stride}`);
  const obj = output(outputs, `obj_${stride}`);
  const bbox = output(outputs, `bbox_${stride}`);
  const kps = output(outputs, `kps_${stride}`);
  const columns = reduced.width / stride;
  const rows = reduced.height / stride;
  const { scaleX, scaleY } = reduced;
  // Pixel centres: position p of the reduced picture lies at (p + 0.5) · k − 0.5 of the full one.
  const fullX = (x: number): number => (x + 0.5) * scaleX - 0.5;
  const fullY = (y: number): number => (y + 0.5) * scaleY - 0.5;
  const faces: DetectedFace[] = [];
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      const score = Math.sqrt(clamp01(cls[i]!) * clamp01(obj[i]!));
      if (!(score >= SCORE_MIN)) continue;
      const width = Math.exp(bbox[4 * i + 2]!) * stride;
      const height = Math.exp(bbox[4 * i + 3]!) * stride;
      const x = (column + bbox[4 * i]!) * stride - width / 2;
      const y = (row + bbox[4 * i + 1]!) * stride - height / 2;
      const point = (k: number): Point => ({
        x: fullX((kps[10 * i + 2 * k]! + column) * stride),
        y: fullY((kps[10 * i + 2 * k + 1]! + row) * stride),
      });
      faces.push({
        box: { x: fullX(x), y: fullY(y), width: width * scaleX, height: height * scaleY },
        points: [point(0), point(1), point(2), point(3), point(4)],
        score,
      });
    }
  }
  return faces;
}

function clamp01(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
