import type { FaceObservation, FaceQuality } from '../../src/domain/observation.js';
import { unit } from '../../src/domain/vector.js';

/** Length of the vectors made here. */
export const DIM = 32;

/**
 * A unit vector of person `who`: pairwise orthogonal for different persons below 16, and `spread` away from the
 * person's own direction in a way that depends on `which`.
 */
export function aVector(who: number, which = 0, spread = 0.15): Float32Array {
  const vector = new Float32Array(DIM);
  vector[who % 16] = 1;
  if (which > 0) vector[16 + (which % 16)] = spread * (1 + which / 100);
  return unit(vector)!;
}

/** A good face in the middle of a 640×480 frame. */
export function aFace(
  options: {
    readonly who?: number;
    readonly which?: number;
    readonly x?: number;
    readonly height?: number;
    readonly quality?: Partial<FaceQuality>;
    readonly embedding?: Float32Array | null;
  } = {},
): FaceObservation {
  const height = options.height ?? 200;
  const width = height * 0.8;
  const x = (options.x ?? 320) - width / 2;
  const y = 240 - height / 2;
  const quality: FaceQuality = {
    eyeDistancePx: height * 0.4,
    faceHeightRatio: height / 480,
    brightness: 120,
    sharpness: 150,
    yaw: 0,
    pitch: 0,
    rollDegrees: 0,
    truncated: false,
    ...options.quality,
  };
  const at = (dx: number, dy: number) => ({ x: x + width * dx, y: y + height * dy });
  const embedding = options.embedding === undefined ? aVector(options.who ?? 0, options.which ?? 0) : options.embedding;
  return {
    box: { x, y, width, height },
    points: [at(0.3, 0.4), at(0.7, 0.4), at(0.5, 0.6), at(0.35, 0.8), at(0.65, 0.8)],
    score: 0.95,
    quality,
    ...(embedding !== null && { embedding }),
  };
}
