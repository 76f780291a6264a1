import type { Picture } from '../../domain/frame.js';
import type { Box } from '../../domain/observation.js';
import type { Model } from '../../ports/engine.js';
import { iou, overlap, suppress } from './nms.js';
import { SquareResize } from './resize.js';

/** Side of the network's input and of its grid of cells. */
const SIZE = 320;
const CELLS = SIZE / 32;
/** Width and height of the five anchors in cells. */
const ANCHORS = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
] as const;
const OVERLAP_MAX = 0.4;
/** A second face must be as sure as the library asks by default; the first may be weaker, it is measured like this. */
const FIRST_SCORE_MIN = 0.2;
const OTHER_SCORE_MIN = 0.5;
/** Of a box, inside a better one: a part of the same face seen at another scale. */
const CONTAINED_MIN = 0.6;

/** Sizes of the black canvas around the frame: the detector wants a face of 0.16–0.25 of its input (docs/networks.md 4.4). */
export const SCALES = [1, 2, 3] as const;

export interface TinyFace {
  readonly box: Box;
  readonly score: number;
  /** Scale at which the face was found. */
  readonly scale: number;
}

/** Tiny face detector of face-api: boxes without points, 320×320 input. */
export class TinyDetector {
  private readonly model: Model;
  private readonly resize = new SquareResize(SIZE);

  constructor(model: Model) {
    this.model = model;
  }

  /** Searches at each of the scales and keeps the best box of every face, highest score first. */
  async detect(picture: Picture, scales: readonly number[]): Promise<TinyFace[]> {
    const found: TinyFace[] = [];
    for (const scale of scales) found.push(...(await this.detectAt(picture, scale)));
    const kept: TinyFace[] = [];
    for (const face of suppress(found, OVERLAP_MAX)) {
      if (kept.length > 0 && face.score < OTHER_SCORE_MIN) continue;
      if (kept.every((other) => !sameFace(other.box, face.box))) kept.push(face);
    }
    return kept;
  }

  /** Boxes of one scale with score > 0.2 after suppression, pixels of the picture; they may reach outside. */
  async detectAt(picture: Picture, scale: number): Promise<TinyFace[]> {
    const width = picture.width * scale;
    const height = picture.height * scale;
    const side = Math.max(width, height);
    const left = Math.floor((width - picture.width) / 2);
    const top = Math.floor((height - picture.height) / 2);
    const region = { x: 0, y: 0, width: picture.width, height: picture.height };
    const planes = this.resize.run(picture, { region, side, left, top });
    const outputs = await this.model.run({ [this.model.inputs[0]!]: { data: planes, dims: [1, 3, SIZE, SIZE] } });
    const grid = outputs[this.model.outputs[0]!]!.data as Float32Array;

    // The library rounds the reduced frame to whole pixels; correcting by it keeps boxes equal to its own.
    const ratio = SIZE / side;
    const unitX = (SIZE / Math.round(width * ratio) / CELLS) * width;
    const unitY = (SIZE / Math.round(height * ratio) / CELLS) * height;
    const plane = CELLS * CELLS;
    const faces: TinyFace[] = [];
    for (let row = 0, cell = 0; row < CELLS; row++) {
      for (let column = 0; column < CELLS; column++, cell++) {
        for (const [k, anchor] of ANCHORS.entries()) {
          const at = 5 * k * plane + cell;
          const score = sigmoid(grid[at + 4 * plane]!);
          if (!(score > FIRST_SCORE_MIN)) continue;
          const boxWidth = Math.exp(grid[at + 2 * plane]!) * anchor[0] * unitX;
          const boxHeight = Math.exp(grid[at + 3 * plane]!) * anchor[1] * unitY;
          const x = (column + sigmoid(grid[at]!)) * unitX - boxWidth / 2 - left;
          const y = (row + sigmoid(grid[at + plane]!)) * unitY - boxHeight / 2 - top;
          faces.push({ box: { x, y, width: boxWidth, height: boxHeight }, score, scale });
        }
      }
    }
    return suppress(faces, OVERLAP_MAX);
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}

function sameFace(a: Box, b: Box): boolean {
  const smaller = Math.min(a.width * a.height, b.width * b.height);
  return iou(a, b) > OVERLAP_MAX || overlap(a, b) > CONTAINED_MIN * smaller;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
