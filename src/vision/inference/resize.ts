import type { Picture } from '../../domain/frame.js';
import type { Box } from '../../domain/observation.js';

/** Position of a region of a picture inside the black square that is scaled to the network's input. */
export interface SquarePlacement {
  /** Whole pixels of the picture, inside it. */
  readonly region: Box;
  /** Side of the square in pixels. */
  readonly side: number;
  /** Where the region's top left corner lies in the square. */
  readonly left: number;
  readonly top: number;
}

/** The region padded to a square, centred; an odd pixel of padding goes right or below (docs/networks.md 4.5). */
export function centredSquare(region: Box): SquarePlacement {
  const side = Math.max(region.width, region.height);
  const gap = Math.abs(region.width - region.height);
  const before = gap - Math.round(gap / 2);
  return {
    region,
    side,
    left: region.width < region.height ? before : 0,
    top: region.height < region.width ? before : 0,
  };
}

/** Taps of one axis: two source offsets with weights per target position; weight 0 stands for black. */
interface Taps {
  readonly index0: Int32Array;
  readonly index1: Int32Array;
  readonly weight0: Float32Array;
  readonly weight1: Float32Array;
  /** Target positions before `first` and from `end` on are black. */
  first: number;
  end: number;
  /** Every position hits one source pixel exactly. */
  exact: boolean;
}

/**
 * The resize that the core networks were trained with and their library uses (docs/networks.md 4.7): pad to a square with
 * black, then bilinear at source position i · side / S without half-pixel shift. Writes RGB planes, 0–255. Buffers are
 * reused: the result of one call is overwritten by the next.
 */
export class SquareResize {
  readonly planes: Float32Array;
  private readonly size: number;
  private readonly columns: Taps;
  private readonly rows: Taps;

  constructor(size: number) {
    this.size = size;
    this.planes = new Float32Array(3 * size * size);
    this.columns = makeTaps(size);
    this.rows = makeTaps(size);
  }

  /** Fills and returns `planes`. */
  run(picture: Picture, placement: SquarePlacement): Float32Array {
    const { region, side } = placement;
    const stride = picture.width * 3;
    setTaps(this.columns, this.size, side, placement.left, region.x, region.width, 3);
    setTaps(this.rows, this.size, side, placement.top, region.y, region.height, stride);
    if (this.columns.first > 0 || this.columns.end < this.size || this.rows.first > 0 || this.rows.end < this.size)
      this.planes.fill(0);
    if (this.columns.exact && this.rows.exact) this.pick(picture.bgr);
    else this.blend(picture.bgr);
    return this.planes;
  }

  private pick(bgr: Uint8Array): void {
    const { columns, rows, planes, size } = this;
    const plane = size * size;
    for (let y = rows.first; y < rows.end; y++) {
      const row = rows.index0[y]!;
      let p = y * size + columns.first;
      for (let x = columns.first; x < columns.end; x++, p++) {
        const q = row + columns.index0[x]!;
        planes[p] = bgr[q + 2]!;
        planes[p + plane] = bgr[q + 1]!;
        planes[p + 2 * plane] = bgr[q]!;
      }
    }
  }

  private blend(bgr: Uint8Array): void {
    const { columns, rows, planes, size } = this;
    const plane = size * size;
    for (let y = rows.first; y < rows.end; y++) {
      const upper = rows.index0[y]!;
      const lower = rows.index1[y]!;
      const wu = rows.weight0[y]!;
      const wl = rows.weight1[y]!;
      let p = y * size + columns.first;
      for (let x = columns.first; x < columns.end; x++, p++) {
        const i0 = columns.index0[x]!;
        const i1 = columns.index1[x]!;
        const w0 = columns.weight0[x]!;
        const w1 = columns.weight1[x]!;
        const a = upper + i0;
        const b = upper + i1;
        const c = lower + i0;
        const d = lower + i1;
        planes[p] = (bgr[a + 2]! * w0 + bgr[b + 2]! * w1) * wu + (bgr[c + 2]! * w0 + bgr[d + 2]! * w1) * wl;
        planes[p + plane] = (bgr[a + 1]! * w0 + bgr[b + 1]! * w1) * wu + (bgr[c + 1]! * w0 + bgr[d + 1]! * w1) * wl;
        planes[p + 2 * plane] = (bgr[a]! * w0 + bgr[b]! * w1) * wu + (bgr[c]! * w0 + bgr[d]! * w1) * wl;
      }
    }
  }
}

function makeTaps(size: number): Taps {
  return {
    index0: new Int32Array(size),
    index1: new Int32Array(size),
    weight0: new Float32Array(size),
    weight1: new Float32Array(size),
    first: 0,
    end: size,
    exact: false,
  };
}

/** `length` source pixels from `origin` on lie at `offset` in the square; `step` bytes from one to the next. */
function setTaps(
  taps: Taps,
  size: number,
  side: number,
  offset: number,
  origin: number,
  length: number,
  step: number,
): void {
  const ratio = side / size;
  taps.first = size;
  taps.end = 0;
  taps.exact = true;
  for (let i = 0; i < size; i++) {
    const position = i * ratio;
    const lower = Math.floor(position);
    const fraction = position - lower;
    const s0 = lower - offset;
    const s1 = Math.min(lower + 1, side - 1) - offset;
    const in0 = s0 >= 0 && s0 < length;
    const in1 = s1 >= 0 && s1 < length && fraction > 0;
    taps.index0[i] = in0 ? (origin + s0) * step : 0;
    taps.index1[i] = in1 ? (origin + s1) * step : 0;
    taps.weight0[i] = in0 ? 1 - fraction : 0;
    taps.weight1[i] = in1 ? fraction : 0;
    if (fraction > 0) taps.exact = false;
    if (!in0 && !in1) continue;
    taps.first = Math.min(taps.first, i);
    taps.end = i + 1;
  }
  if (taps.first > taps.end) taps.first = taps.end;
}
