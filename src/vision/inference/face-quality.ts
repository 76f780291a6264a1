import type { Picture } from '../../domain/frame.js';
import type { Box, FaceQuality, FivePoints } from '../../domain/observation.js';
import { similarityBetween } from './warp.js';

/** Side of the aligned grey face that sharpness is measured on. */
const SIDE = 112;
/** Eyes, nose and mouth corners in that face: the alignment of docs/networks.md 4.3 scaled from 128 to 112 pixels. */
const ALIGNED: FivePoints = [
  { x: 35.344, y: 51.696 },
  { x: 76.454, y: 51.696 },
  { x: 56.03, y: 71.737 },
  { x: 39.14, y: 92.366 },
  { x: 73.185, y: 92.366 },
];
/** The nose tip of a level face lies half way between eye line and mouth line (alignments of docs/networks.md 4.3 and 4.6). */
const LEVEL_NOSE = 0.5;

const grey = new Float32Array(SIDE * SIDE);

/** Measures of one face that decide whether it may be used; positions in pixels of the picture. */
export function measureFace(picture: Picture, box: Box, points: FivePoints): FaceQuality {
  const [left, right, nose, mouthLeft, mouthRight] = points;
  const dx = right.x - left.x;
  const dy = right.y - left.y;
  const eyeDistancePx = Math.hypot(dx, dy);
  const ux = eyeDistancePx > 0 ? dx / eyeDistancePx : 1;
  const uy = eyeDistancePx > 0 ? dy / eyeDistancePx : 0;
  const eyesX = (left.x + right.x) / 2;
  const eyesY = (left.y + right.y) / 2;
  const along = (nose.x - eyesX) * ux + (nose.y - eyesY) * uy;
  const below = (nose.y - eyesY) * ux - (nose.x - eyesX) * uy;
  const mouthX = (mouthLeft.x + mouthRight.x) / 2 - eyesX;
  const mouthY = (mouthLeft.y + mouthRight.y) / 2 - eyesY;
  const mouthBelow = mouthY * ux - mouthX * uy;
  return {
    eyeDistancePx,
    faceHeightRatio: box.height / picture.height,
    brightness: meanLuma(picture, box),
    sharpness: sharpnessOf(picture, points),
    yaw: eyeDistancePx > 0 ? along / eyeDistancePx : 0,
    pitch: Math.abs(mouthBelow) > 1e-6 ? below / mouthBelow - LEVEL_NOSE : 0,
    rollDegrees: (Math.atan2(dy, dx) * 180) / Math.PI,
    truncated:
      box.x < 0 || box.y < 0 || box.x + box.width > picture.width - 1 || box.y + box.height > picture.height - 1,
  };
}

/** Mean luma inside the box, on at most about 32 × 32 samples. */
function meanLuma(picture: Picture, box: Box): number {
  const x0 = Math.max(0, Math.floor(box.x));
  const y0 = Math.max(0, Math.floor(box.y));
  const x1 = Math.min(picture.width, Math.ceil(box.x + box.width));
  const y1 = Math.min(picture.height, Math.ceil(box.y + box.height));
  const stepX = Math.max(1, Math.floor((x1 - x0) / 32));
  const stepY = Math.max(1, Math.floor((y1 - y0) / 32));
  let sum = 0;
  let count = 0;
  for (let y = y0; y < y1; y += stepY) {
    for (let x = x0; x < x1; x += stepX) {
      const q = (y * picture.width + x) * 3;
      sum += 0.114 * picture.bgr[q]! + 0.587 * picture.bgr[q + 1]! + 0.299 * picture.bgr[q + 2]!;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/** Variance of the Laplacian (4 neighbours) over the aligned grey face; independent of the face's size in the frame. */
function sharpnessOf(picture: Picture, points: FivePoints): number {
  const map = similarityBetween(points, ALIGNED);
  if (map === undefined) return 0;
  const scale = map.a * map.a + map.b * map.b;
  const ia = map.a / scale;
  const ib = map.b / scale;
  const { bgr, width: W, height: H } = picture;
  const stride = W * 3;
  for (let y = 0, p = 0; y < SIDE; y++) {
    const Y = y - map.ty;
    for (let x = 0; x < SIDE; x++, p++) {
      const X = x - map.tx;
      // Outside the frame the border pixel is repeated: a black edge would count as sharp.
      const sx = Math.min(Math.max(ia * X + ib * Y, 0), W - 1.001);
      const sy = Math.min(Math.max(ia * Y - ib * X, 0), H - 1.001);
      const x0 = sx | 0;
      const y0 = sy | 0;
      const fx = sx - x0;
      const fy = sy - y0;
      const q = y0 * stride + x0 * 3;
      const r = q + stride;
      const top = luma(bgr, q) * (1 - fx) + luma(bgr, q + 3) * fx;
      const bottom = luma(bgr, r) * (1 - fx) + luma(bgr, r + 3) * fx;
      grey[p] = (top * (1 - fy) + bottom * fy) / LUMA_UNIT;
    }
  }
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1, p = y * SIDE + 1; x < SIDE - 1; x++, p++) {
      const value = grey[p - 1]! + grey[p + 1]! + grey[p - SIDE]! + grey[p + SIDE]! - 4 * grey[p]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = (SIDE - 2) * (SIDE - 2);
  return squares / count - (sum / count) ** 2;
}

/** Luma in whole numbers: three conversions to floating point fewer at each of 50,000 places. */
const LUMA_UNIT = 65_536;

/** Luma (BT.601) times `LUMA_UNIT`. */
function luma(bgr: Uint8Array, q: number): number {
  return 7471 * bgr[q]! + 38_470 * bgr[q + 1]! + 19_595 * bgr[q + 2]!;
}
