import type { Picture } from '../../domain/frame.js';
import type { Box, FivePoints, Point } from '../../domain/observation.js';
import type { Model } from '../../ports/engine.js';
import { centredSquare, SquareResize } from './resize.js';

const SIZE = 112;
const POINTS = 68;

/** 68 points: jaw 0–16, brows 17–26, nose 27–35, eyes 36–41 and 42–47, mouth 48–67. */
export type Landmarks = readonly Point[];

/** The part of a box inside the picture, in whole pixels; undefined when nothing is left. */
export function clipToPicture(picture: Picture, box: Box): Box | undefined {
  const x = Math.max(box.x, 0);
  const y = Math.max(box.y, 0);
  const width = Math.floor(Math.min(box.x + box.width - x, picture.width - x));
  const height = Math.floor(Math.min(box.y + box.height - y, picture.height - y));
  if (!(width > 0 && height > 0)) return undefined;
  return { x: Math.floor(x), y: Math.floor(y), width, height };
}

/** Mean of the points from `first` to `last`. */
export function meanPoint(landmarks: Landmarks, first: number, last: number): Point {
  let x = 0;
  let y = 0;
  for (let i = first; i <= last; i++) {
    x += landmarks[i]!.x;
    y += landmarks[i]!.y;
  }
  const count = last - first + 1;
  return { x: x / count, y: y / count };
}

/** The five points of the common interface (docs/networks.md 4.5). */
export function fivePointsOf(landmarks: Landmarks): FivePoints {
  return [meanPoint(landmarks, 36, 41), meanPoint(landmarks, 42, 47), landmarks[30]!, landmarks[48]!, landmarks[54]!];
}

/** Landmark network of face-api: a face box → 68 points in pixels of the picture. */
export class Landmarks68 {
  private readonly model: Model;
  private readonly resize = new SquareResize(SIZE);

  constructor(model: Model) {
    this.model = model;
  }

  /** Undefined when the box lies outside the picture. */
  async find(picture: Picture, box: Box): Promise<Landmarks | undefined> {
    const crop = clipToPicture(picture, box);
    if (crop === undefined) return undefined;
    const planes = this.resize.run(picture, centredSquare(crop));
    const outputs = await this.model.run({ [this.model.inputs[0]!]: { data: planes, dims: [1, 3, SIZE, SIZE] } });
    const values = outputs[this.model.outputs[0]!]!.data as Float32Array;
    // Outputs are relative to the padded square; the padding counts half on each side here, as in the library.
    const scale = SIZE / Math.max(crop.width, crop.height);
    const padX = crop.width < crop.height ? ((crop.height - crop.width) * scale) / 2 : 0;
    const padY = crop.height < crop.width ? ((crop.width - crop.height) * scale) / 2 : 0;
    return Array.from({ length: POINTS }, (_, i) => ({
      x: (values[2 * i]! * SIZE - padX) / scale + crop.x,
      y: (values[2 * i + 1]! * SIZE - padY) / scale + crop.y,
    }));
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}
