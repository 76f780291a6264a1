import type { Picture } from '../../domain/frame.js';
import type { Box } from '../../domain/observation.js';

/** Side of the input of both passive networks. */
export const PASSIVE_SIZE = 80;
/** Samples a target pixel along one axis: at least one, at most this many. */
const SAMPLES_MAX = 4;

/**
 * The part of the picture that a passive network looks at (docs/networks.md 5.1): the box made larger by `scale` about
 * its centre, less where the picture is too small for that, and shifted, never cut, until it lies inside 0…width − 1
 * and 0…height − 1. Undefined for a box without area and for a picture of a single row or column.
 */
export function passiveRegion(box: Box, scale: number, width: number, height: number): Box | undefined {
  if (!(box.width > 0) || !(box.height > 0) || !(width > 1) || !(height > 1)) return undefined;
  const factor = Math.min((height - 1) / box.height, (width - 1) / box.width, scale);
  const regionWidth = Math.min(box.width * factor, width - 1);
  const regionHeight = Math.min(box.height * factor, height - 1);
  const x = box.x + box.width / 2 - regionWidth / 2;
  const y = box.y + box.height / 2 - regionHeight / 2;
  if (!Number.isFinite(x) || !Number.isFinite(y) || !(regionWidth > 0) || !(regionHeight > 0)) return undefined;
  return {
    x: Math.max(0, Math.min(x, width - 1 - regionWidth)),
    y: Math.max(0, Math.min(y, height - 1 - regionHeight)),
    width: regionWidth,
    height: regionHeight,
  };
}

/** Weights of one axis: target position i takes `count[i]` neighbours from `first[i]` on; they add up to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
}

/** Neighbours of one target position: with four samples at most 1.5 pixels apart; more for wider crops. */
const tapsFor = (length: number): number => Math.ceil(length / PASSIVE_SIZE) + 3;

/**
 * Cuts and resizes crops for the passive networks: 80×80 without keeping the shape; every target pixel is the mean of
 * n×n bilinear samples, n = clamp(round(crop width / 80), 1, 4). Plain bilinear lets more attacks pass. The mean of
 * bilinear samples is a weighted sum along each axis, so rows are summed first, then columns. Buffers are reused: the
 * result of one call is overwritten by the next.
 */
export class PassiveCrop {
  /** BGR planes, 0–255. */
  readonly planes = new Float32Array(3 * PASSIVE_SIZE * PASSIVE_SIZE);
  #columns: Taps = makeTaps(0);
  #rows: Taps = makeTaps(0);
  #sum = new Float32Array(0);
  readonly #offsets = new Int32Array(ROWS_AT_ONCE);
  readonly #shares = new Float32Array(ROWS_AT_ONCE);

  /** Fills and returns `planes`. @param region inside the picture, as `passiveRegion` gives it */
  run(picture: Picture, region: Box): Float32Array {
    const samples = Math.max(1, Math.min(SAMPLES_MAX, Math.round(region.width / PASSIVE_SIZE)));
    this.#columns = fitting(this.#columns, region.width);
    this.#rows = fitting(this.#rows, region.height);
    setTaps(this.#columns, region.x, region.width, samples, picture.width);
    setTaps(this.#rows, region.y, region.height, samples, picture.height);
    const left = this.#columns.first[0]!;
    const last = PASSIVE_SIZE - 1;
    const length = (this.#columns.first[last]! + this.#columns.count[last]! - left) * 3;
    if (this.#sum.length < length) this.#sum = new Float32Array(length);
    for (let y = 0; y < PASSIVE_SIZE; y++) {
      this.#sumRows(picture, y, left * 3, length);
      this.#sumColumns(y, left);
    }
    return this.planes;
  }

  /** Weighted sum of the picture's rows that target row y covers, as far as the crop's columns reach. */
  #sumRows(picture: Picture, y: number, start: number, length: number): void {
    const { first, count, weights } = this.#rows;
    const taps = weights.length / PASSIVE_SIZE;
    const stride = picture.width * 3;
    for (let tap = 0; tap < count[y]!; tap += ROWS_AT_ONCE) {
      for (let k = 0; k < ROWS_AT_ONCE; k++) {
        const row = Math.min(first[y]! + tap + k, picture.height - 1);
        this.#offsets[k] = row * stride + start;
        this.#shares[k] = tap + k < count[y]! ? weights[y * taps + tap + k]! : 0;
      }
      addRows(picture.bgr, this.#offsets, this.#shares, this.#sum, length, tap > 0);
    }
  }

  #sumColumns(y: number, left: number): void {
    const { planes } = this;
    const sum = this.#sum;
    const { first, count, weights } = this.#columns;
    const taps = weights.length / PASSIVE_SIZE;
    const plane = PASSIVE_SIZE * PASSIVE_SIZE;
    for (let x = 0, p = y * PASSIVE_SIZE; x < PASSIVE_SIZE; x++, p++) {
      let blue = 0;
      let green = 0;
      let red = 0;
      const end = x * taps + count[x]!;
      for (let k = x * taps, q = (first[x]! - left) * 3; k < end; k++, q += 3) {
        const weight = weights[k]!;
        blue += weight * sum[q]!;
        green += weight * sum[q + 1]!;
        red += weight * sum[q + 2]!;
      }
      planes[p] = blue;
      planes[p + plane] = green;
      planes[p + 2 * plane] = red;
    }
  }
}

/**
 * Eight rows in one go: two thirds of the time of one row after the other, as the sum is stored once. The sum stands twice
 * below because to add the first rows to zeros takes a seventh longer (0.81 ms a crop, not 0.71; x86).
 */
const ROWS_AT_ONCE = 8;

function addRows(
  bgr: Uint8Array,
  offsets: Int32Array,
  shares: Float32Array,
  sum: Float32Array,
  length: number,
  add: boolean,
): void {
  const a = offsets[0]!;
  const b = offsets[1]!;
  const c = offsets[2]!;
  const d = offsets[3]!;
  const e = offsets[4]!;
  const f = offsets[5]!;
  const g = offsets[6]!;
  const h = offsets[7]!;
  const s = shares[0]!;
  const t = shares[1]!;
  const u = shares[2]!;
  const v = shares[3]!;
  const w = shares[4]!;
  const x = shares[5]!;
  const y = shares[6]!;
  const z = shares[7]!;
  if (add) {
    for (let i = 0; i < length; i++) {
      sum[i]! +=
        s * bgr[a + i]! +
        t * bgr[b + i]! +
        u * bgr[c + i]! +
        v * bgr[d + i]! +
        w * bgr[e + i]! +
        x * bgr[f + i]! +
        y * bgr[g + i]! +
        z * bgr[h + i]!;
    }
  } else {
    for (let i = 0; i < length; i++) {
      sum[i] =
        s * bgr[a + i]! +
        t * bgr[b + i]! +
        u * bgr[c + i]! +
        v * bgr[d + i]! +
        w * bgr[e + i]! +
        x * bgr[f + i]! +
        y * bgr[g + i]! +
        z * bgr[h + i]!;
    }
  }
}

function makeTaps(length: number): Taps {
  return {
    first: new Int32Array(PASSIVE_SIZE),
    count: new Int32Array(PASSIVE_SIZE),
    weights: new Float32Array(PASSIVE_SIZE * tapsFor(length)),
  };
}

function fitting(taps: Taps, length: number): Taps {
  return taps.weights.length >= PASSIVE_SIZE * tapsFor(length) ? taps : makeTaps(length);
}

/**
 * Samples lie at origin + (i + (a + ½)/n) · length/80 − ½ for a = 0…n − 1, pixel centres at whole numbers; each spreads
 * its share over its two neighbours. What lies before the first or behind the last pixel of the picture takes its value.
 */
function setTaps(taps: Taps, origin: number, length: number, samples: number, limit: number): void {
  const { first, count, weights } = taps;
  const width = weights.length / PASSIVE_SIZE;
  const step = length / PASSIVE_SIZE;
  const share = 1 / samples;
  weights.fill(0);
  for (let i = 0; i < PASSIVE_SIZE; i++) {
    let from = 0;
    let to = 0;
    for (let a = 0; a < samples; a++) {
      const position = Math.max(0, Math.min(origin + (i + (a + 0.5) * share) * step - 0.5, limit - 1));
      const lower = Math.floor(position);
      const fraction = position - lower;
      if (a === 0) from = lower;
      weights[i * width + lower - from]! += share * (1 - fraction);
      if (fraction > 0) weights[i * width + lower + 1 - from]! += share * fraction;
      to = lower + (fraction > 0 ? 1 : 0);
    }
    first[i] = from;
    count[i] = to - from + 1;
  }
}
