import type { Picture } from '../../domain/frame.js';

/** BGR planes for a detector: the reduced picture with black right and below. Buffers are reused between calls. */
export interface ReducedPicture {
  readonly planes: Float32Array;
  /** Size of the planes, multiples of 32. */
  readonly width: number;
  readonly height: number;
  /** Full-picture pixels per reduced pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
}

const MULTIPLE = 32;
const roundUp = (value: number): number => Math.ceil(value / MULTIPLE) * MULTIPLE;

interface Layout {
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly width: number;
  readonly height: number;
  readonly paddedWidth: number;
  readonly paddedHeight: number;
  readonly planes: Float32Array;
  /** Per target column: first source column, and its share of the first and last of the columns it covers. */
  readonly start: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  readonly row: Float32Array;
}

/**
 * Reduces pictures by area averaging so that the longest side is at most `longestSide`; smaller pictures are copied.
 * Exactly half size, the usual case (640×480 → 320×240), has its own loop.
 */
export class PictureReducer {
  private readonly longestSide: number;
  private layout: Layout | undefined;

  constructor(longestSide: number) {
    this.longestSide = longestSide;
  }

  run(picture: Picture): ReducedPicture {
    const layout = this.layoutFor(picture);
    const scaleX = picture.width / layout.width;
    const scaleY = picture.height / layout.height;
    if (scaleX === 1 && scaleY === 1) copy(picture, layout);
    else if (scaleX === 2 && scaleY === 2) halve(picture, layout);
    else average(picture, layout, scaleY);
    return { planes: layout.planes, width: layout.paddedWidth, height: layout.paddedHeight, scaleX, scaleY };
  }

  private layoutFor(picture: Picture): Layout {
    const known = this.layout;
    if (known?.sourceWidth === picture.width && known.sourceHeight === picture.height) return known;
    const ratio = Math.min(1, this.longestSide / Math.max(picture.width, picture.height));
    const width = Math.max(1, Math.round(picture.width * ratio));
    const height = Math.max(1, Math.round(picture.height * ratio));
    const paddedWidth = roundUp(width);
    const paddedHeight = roundUp(height);
    const taps = Math.ceil(picture.width / width) + 1;
    const start = new Int32Array(width);
    const count = new Int32Array(width);
    const weights = new Float32Array(width * taps);
    const scale = picture.width / width;
    for (let x = 0; x < width; x++) {
      const from = x * scale;
      const to = Math.min((x + 1) * scale, picture.width);
      const first = Math.floor(from);
      const last = Math.min(Math.ceil(to), picture.width);
      start[x] = first;
      count[x] = last - first;
      for (let s = first; s < last; s++)
        weights[x * taps + s - first] = (Math.min(to, s + 1) - Math.max(from, s)) / scale;
    }
    this.layout = {
      sourceWidth: picture.width,
      sourceHeight: picture.height,
      width,
      height,
      paddedWidth,
      paddedHeight,
      planes: new Float32Array(3 * paddedWidth * paddedHeight),
      start,
      count,
      weights,
      row: new Float32Array(picture.width * 3),
    };
    return this.layout;
  }
}

function copy(picture: Picture, layout: Layout): void {
  const { planes, paddedWidth } = layout;
  const plane = paddedWidth * layout.paddedHeight;
  const { bgr, width, height } = picture;
  for (let y = 0, q = 0; y < height; y++) {
    let p = y * paddedWidth;
    for (let x = 0; x < width; x++, p++, q += 3) {
      planes[p] = bgr[q]!;
      planes[p + plane] = bgr[q + 1]!;
      planes[p + 2 * plane] = bgr[q + 2]!;
    }
  }
}

function halve(picture: Picture, layout: Layout): void {
  const { planes, paddedWidth, width, height } = layout;
  const plane = paddedWidth * layout.paddedHeight;
  const { bgr } = picture;
  const stride = picture.width * 3;
  for (let y = 0; y < height; y++) {
    let p = y * paddedWidth;
    let q = 2 * y * stride;
    for (let x = 0; x < width; x++, p++, q += 6) {
      const r = q + stride;
      planes[p] = (bgr[q]! + bgr[q + 3]! + bgr[r]! + bgr[r + 3]!) * 0.25;
      planes[p + plane] = (bgr[q + 1]! + bgr[q + 4]! + bgr[r + 1]! + bgr[r + 4]!) * 0.25;
      planes[p + 2 * plane] = (bgr[q + 2]! + bgr[q + 5]! + bgr[r + 2]! + bgr[r + 5]!) * 0.25;
    }
  }
}

function average(picture: Picture, layout: Layout, scaleY: number): void {
  const { planes, paddedWidth, width, height, row, start, count, weights } = layout;
  const plane = paddedWidth * layout.paddedHeight;
  const taps = weights.length / width;
  const { bgr } = picture;
  const stride = picture.width * 3;
  for (let y = 0; y < height; y++) {
    const from = y * scaleY;
    const to = Math.min((y + 1) * scaleY, picture.height);
    row.fill(0);
    for (let s = Math.floor(from); s < Math.min(Math.ceil(to), picture.height); s++) {
      const weight = (Math.min(to, s + 1) - Math.max(from, s)) / scaleY;
      for (let i = 0, q = s * stride; i < stride; i++, q++) row[i]! += weight * bgr[q]!;
    }
    for (let x = 0, p = y * paddedWidth; x < width; x++, p++) {
      let blue = 0;
      let green = 0;
      let red = 0;
      const end = count[x]!;
      for (let k = 0, q = start[x]! * 3; k < end; k++, q += 3) {
        const weight = weights[x * taps + k]!;
        blue += weight * row[q]!;
        green += weight * row[q + 1]!;
        red += weight * row[q + 2]!;
      }
      planes[p] = blue;
      planes[p + plane] = green;
      planes[p + 2 * plane] = red;
    }
  }
}
