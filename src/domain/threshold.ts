import type { CalibrationCurve } from './calibration.js';

/** What a threshold is wanted for. */
export interface ThresholdQuestion {
  /** Curves of the pack in use. */
  readonly curves: readonly CalibrationCurve[];
  /** Photographs averaged into the template with the fewest. */
  readonly photos: number;
  readonly mode: '1:1' | '1:N';
  /** Persons enrolled; only 1:N uses it. */
  readonly gallery: number;
  /** Target false match rate of one 1:1 comparison, for example 1e-4. */
  readonly verificationFmr: number;
  /** Target probability that a stranger matches anybody of the gallery, for example 1e-3. */
  readonly identificationFpir: number;
}

export type ThresholdChoice =
  | {
      readonly kind: 'threshold';
      /** Accept if cosine ≥ threshold. */
      readonly threshold: number;
      /** False match rate of one comparison at the threshold. */
      readonly fmr: number;
      readonly evidence: string;
    }
  | {
      readonly kind: 'refused';
      /** Why, and what can be done instead. */
      readonly reason: string;
      /** Persons up to which 1:N is possible with this pack and these templates; 0 = not at all. */
      readonly largestGallery: number;
    };

/** 0.001 / 10 must count as 1e-4 whatever the last bit says. */
const ROUNDING = 1e-9;

/**
 * Threshold of a curve at a false match rate: linear in log10(FMR) between its points (docs/thresholds.md). Undefined
 * beyond the last reliable point. A rate above the first point gets the first point's threshold, which is stricter.
 */
export function thresholdAt(curve: CalibrationCurve, fmr: number): number | undefined {
  const { points } = curve;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || !(fmr > 0) || fmr < last.fmr * (1 - ROUNDING)) return undefined;
  if (fmr >= first.fmr) return first.threshold;
  for (let i = 1; i < points.length; i++) {
    const looser = points[i - 1]!;
    const stricter = points[i]!;
    if (fmr < stricter.fmr * (1 - ROUNDING)) continue;
    const share = Math.log10(looser.fmr / fmr) / Math.log10(looser.fmr / stricter.fmr);
    return looser.threshold + Math.min(1, share) * (stricter.threshold - looser.threshold);
  }
  return last.threshold;
}

/**
 * The threshold for a target, never a number typed in. 1:1 uses `verificationFmr`; 1:N uses FPIR / gallery, and never a
 * higher rate than 1:1. A template of n photographs uses the curve of n; where there is none, the stricter of the next
 * curves below and above n (two photographs lie between one and three), or the last curve when n is above all.
 * Refused where the target lies beyond the last reliable point of a curve.
 */
export function chooseThreshold(question: ThresholdQuestion): ThresholdChoice {
  const { mode, photos, verificationFmr, identificationFpir } = question;
  const gallery = Math.max(1, question.gallery);
  const fmr = mode === '1:1' ? verificationFmr : Math.min(verificationFmr, identificationFpir / gallery);
  const curves = curvesFor(question.curves, photos);
  if (curves.length === 0) {
    const reason = `This model pack has no calibration for templates of ${photos} photograph(s): take more photographs.`;
    return { kind: 'refused', reason, largestGallery: 0 };
  }
  const thresholds = curves.map((curve) => thresholdAt(curve, fmr));
  if (thresholds.every((threshold) => threshold !== undefined)) {
    const threshold = Math.max(...thresholds);
    return { kind: 'threshold', threshold, fmr, evidence: curves[thresholds.indexOf(threshold)]!.evidence };
  }
  const reliableFmr = Math.max(...curves.map((curve) => curve.points.at(-1)?.fmr ?? 1));
  const largestGallery =
    verificationFmr < reliableFmr * (1 - ROUNDING)
      ? 0
      : Math.floor((identificationFpir / reliableFmr) * (1 + ROUNDING));
  const wanted = `The false match rate ${rate(fmr)} that is needed${mode === '1:N' ? ` for ${gallery} people` : ''}`;
  const beyond = `${wanted} lies beyond what was measured for this model pack (${rate(reliableFmr)}).`;
  const mend =
    mode === '1:N'
      ? `Recognising among all works up to ${largestGallery} people. Enrol fewer, or accept a higher risk: recognition.identificationFpir: ${rate(gallery * reliableFmr)} (the share of strangers taken for somebody) would do for ${gallery} people.`
      : 'Choose a higher recognition.verificationFmr.';
  return { kind: 'refused', reason: `${beyond} ${mend}`, largestGallery };
}

function curvesFor(curves: readonly CalibrationCurve[], photos: number): readonly CalibrationCurve[] {
  const below = curves.filter((c) => c.photos <= photos).sort((a, b) => b.photos - a.photos)[0];
  const above = curves.filter((c) => c.photos >= photos).sort((a, b) => a.photos - b.photos)[0];
  if (below === undefined) return [];
  if (above === undefined || above === below) return [below];
  return [below, above];
}

function rate(fmr: number): string {
  return fmr.toExponential(1).replace('.0e', 'e');
}
