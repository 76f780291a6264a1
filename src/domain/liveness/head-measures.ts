/** Measures of one head by its mesh; formulas in docs/liveness.md. Left and right are the person's own. */
export interface HeadMeasures {
  /** Positive: turned to the person's left. */
  readonly yawDegrees: number;
  /** Positive: looking down. */
  readonly pitchDegrees: number;
  readonly rollDegrees: number;
  /** Offset of the nose along the line between the ears, in widths of the face. Positive: to the image's right. */
  readonly asymmetry: number;
  /** The same across that line. Positive: down. */
  readonly verticalAsymmetry: number;
  /** Height of the eyes' openings divided by their widths, mean of both. */
  readonly eyeOpening: number;
  /** Height of the mouth's opening divided by its width. */
  readonly mouthOpening: number;
  /** Pixels between the points 33 and 263. */
  readonly eyeDistancePx: number;
}
