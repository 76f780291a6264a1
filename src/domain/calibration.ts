/** FMR → threshold curve of a pack for one kind of template. Accept if cosine ≥ threshold. */
export interface CalibrationCurve {
  /** Photographs averaged into a template. */
  readonly photos: number;
  /** Sorted by falling fmr; the last one is the last reliable column. */
  readonly points: readonly { readonly fmr: number; readonly threshold: number; readonly tar?: number }[];
  /** Data set, people and comparisons behind the curve, shown wherever a figure is shown. */
  readonly evidence: string;
}
