import { mean } from '../statistics.js';

/** Shares of red, green and blue in the linear light; their sum is 1. */
export type Chroma = readonly [number, number, number];
export const AXES = [0, 1, 2] as const;

/** Colour of face and background in one frame. */
export interface LitSample {
  /** Monotonic ms. */
  readonly at: number;
  readonly face: Chroma;
  readonly background: Chroma;
}

/** One colour on the screen. */
export interface LitSegment {
  /** Monotonic ms at which it was there, and at which it went. */
  readonly from: number;
  readonly to: number;
  readonly light: Chroma;
}

/** How one surface answered. */
export interface Answer {
  /** Pearson's correlation over all shares and all frames, −1 to 1; 0 where nothing moved. */
  readonly correlation: number;
  /** Change of the surface's share for a change of 1 of the screen's. */
  readonly slope: number;
  /** Root mean square of the surface's changes that follow the screen. */
  readonly answer: number;
}

export interface Fit {
  /** Time from the screen to the frame, the same for all colours. */
  readonly delayMs: number;
  readonly face: Answer;
  readonly background: Answer;
  /** Least cosine between asked and seen change over all steps from colour to colour. */
  readonly leastStep: number;
  readonly frames: number;
  /** Best correlation of the face at a delay outside the allowed range; absent where nothing could be compared. */
  readonly elsewhere?: number;
}

const DELAY_FROM_MS = -300;
const DELAY_TO_MS = 900;
const DELAY_STEP_MS = 20;
/** Display, exposure and the page's two frames of painting: what lies so near to a change is mixed. */
const MIXED_MS = 80;
const LEAST_FRAMES = 3;

interface Pair {
  readonly segment: number;
  readonly asked: Chroma;
  readonly sample: LitSample;
}

/**
 * The delay from 0 to `mostMs` at which the face follows the screen best, with everything measured at that delay. Other
 * delays are tried too, so that an answer that comes before its question or too late shows as such.
 * @returns undefined where some colour has fewer than three frames at every delay
 */
export function bestFit(
  samples: readonly LitSample[],
  segments: readonly LitSegment[],
  mostMs: number,
): Fit | undefined {
  let best: Fit | undefined;
  let elsewhere: number | undefined;
  for (let delayMs = DELAY_FROM_MS; delayMs <= DELAY_TO_MS; delayMs += DELAY_STEP_MS) {
    const pairs = pairsAt(samples, segments, delayMs);
    if (segments.some((_, index) => pairs.filter(({ segment }) => segment === index).length < LEAST_FRAMES)) continue;
    const face = answerOf(pairs, ({ face: seen }) => seen);
    if (delayMs < 0 || delayMs > mostMs) {
      elsewhere = Math.max(elsewhere ?? -1, face.correlation);
      continue;
    }
    if (best !== undefined && !(face.correlation > best.face.correlation)) continue;
    best = {
      delayMs,
      face,
      background: answerOf(pairs, ({ background }) => background),
      leastStep: leastStep(pairs, segments),
      frames: pairs.length,
    };
  }
  return best === undefined || elsewhere === undefined ? best : { ...best, elsewhere };
}

function pairsAt(samples: readonly LitSample[], segments: readonly LitSegment[], delayMs: number): readonly Pair[] {
  return samples.flatMap((sample) => {
    const at = sample.at - delayMs;
    const segment = segments.findIndex(({ from, to }) => at >= from + MIXED_MS && at < to);
    return segment < 0 ? [] : [{ segment, asked: segments[segment]!.light, sample }];
  });
}

function answerOf(pairs: readonly Pair[], seenOf: (sample: LitSample) => Chroma): Answer {
  let together = 0;
  let asked = 0;
  let seen = 0;
  for (const axis of AXES) {
    const xs = pairs.map((pair) => pair.asked[axis]);
    const ys = pairs.map((pair) => seenOf(pair.sample)[axis]);
    const [meanX, meanY] = [mean(xs), mean(ys)];
    for (const [index, x] of xs.entries()) {
      const [dx, dy] = [x - meanX, ys[index]! - meanY];
      together += dx * dy;
      asked += dx * dx;
      seen += dy * dy;
    }
  }
  if (asked === 0) return { correlation: Number.NaN, slope: Number.NaN, answer: Number.NaN };
  const slope = together / asked;
  return {
    correlation: seen === 0 ? 0 : together / Math.sqrt(asked * seen),
    slope,
    answer: Math.abs(slope) * Math.sqrt(asked / pairs.length),
  };
}

function leastStep(pairs: readonly Pair[], segments: readonly LitSegment[]): number {
  const means = segments.map((_, index) => {
    const own = pairs.filter(({ segment }) => segment === index).map(({ sample }) => sample.face);
    return AXES.map((axis) => mean(own.map((seen) => seen[axis])));
  });
  const cosines = segments.slice(1).map(({ light }, index) => {
    const asked = AXES.map((axis) => light[axis] - segments[index]!.light[axis]);
    const seen = AXES.map((axis) => means[index + 1]![axis]! - means[index]![axis]!);
    const length = Math.hypot(...asked) * Math.hypot(...seen);
    return length === 0 ? 0 : AXES.reduce<number>((sum, axis) => sum + asked[axis]! * seen[axis]!, 0) / length;
  });
  return Math.min(...cosines);
}
