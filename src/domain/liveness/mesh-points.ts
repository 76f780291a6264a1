/**
 * Numbers of the 468 points of the face mesh that are used here, by the canonical face model of MediaPipe, whose order
 * the network facemesh gives. "Image left" is the left of a picture that is not mirrored: the person's right.
 */
export const MESH = {
  count: 468,
  noseTip: 1,
  /** Middle of the forehead at the hairline. */
  forehead: 10,
  chin: 152,
  /** Sides of the face before the ears. */
  imageLeftSide: 234,
  imageRightSide: 454,
  /** Corners, and pairs of an upper and a lower lid at a third, the middle and two thirds of the eye. */
  eyeImageLeft: {
    outer: 33,
    inner: 133,
    lids: [
      [160, 144],
      [159, 145],
      [158, 153],
    ],
  },
  eyeImageRight: {
    outer: 263,
    inner: 362,
    lids: [
      [387, 373],
      [386, 374],
      [385, 380],
    ],
  },
  /** Inner border of the lips: middle of the upper and the lower one, corners. */
  mouth: { upper: 13, lower: 14, left: 78, right: 308 },
} as const;

/** Points of the lips: they move without the head, so the planarity rule leaves them out. */
export const LIPS: readonly number[] = [
  0, 13, 14, 17, 37, 39, 40, 42, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 178, 181, 183, 185, 191, 267, 269, 270,
  291, 308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 402, 405, 409, 415,
];

/** Pixels between two points of a mesh (468 × x, y, z). */
export function meshDistance(points: Float32Array, a: number, b: number): number {
  return Math.hypot(points[3 * a]! - points[3 * b]!, points[3 * a + 1]! - points[3 * b + 1]!);
}
