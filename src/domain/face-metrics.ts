/** Pure arithmetic of face verification: accept if score ≥ threshold. A missed face scores −Infinity. */

/** Scores in rising order; never change it after. */
export type SortedScores = Float64Array;

/** Sorted copy. */
export function sortScores(scores: Iterable<number>): SortedScores {
  return Float64Array.from(scores).sort();
}

/** Part of the scores that is ≥ threshold, 0–1; 0 for no scores. */
export function acceptedPart(scores: SortedScores, threshold: number): number {
  return scores.length === 0 ? 0 : 1 - countBelow(scores, threshold) / scores.length;
}

/** Number of scores < threshold. */
function countBelow(scores: SortedScores, threshold: number): number {
  let low = 0;
  let high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle]! < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The impostor score at which at most about `far` of the impostors are accepted, or undefined for no scores. */
export function thresholdAtFar(impostor: SortedScores, far: number): number | undefined {
  if (impostor.length === 0) return undefined;
  return impostor[Math.min(impostor.length - 1, Math.ceil(impostor.length * (1 - far)))];
}

export interface Verification {
  /** Best part of right decisions over all thresholds, 0–1. */
  readonly accuracy: number;
  /** Threshold of that accuracy. */
  readonly accuracyThreshold: number;
  /** Rate at which false acceptance and false rejection are equal, 0–1. */
  readonly eer: number;
  readonly eerThreshold: number;
}

/** Accuracy and equal error rate over all thresholds that occur; undefined without genuine or impostor scores. */
export function verificationOf(genuine: SortedScores, impostor: SortedScores): Verification | undefined {
  if (genuine.length === 0 || impostor.length === 0) return undefined;
  const candidates = sortScores([...genuine, ...impostor].filter(Number.isFinite));
  let best = { accuracy: -1, threshold: Number.NaN };
  let equal = { rate: 1, threshold: Number.NaN, gap: Number.POSITIVE_INFINITY };
  for (const threshold of candidates) {
    const rejected = countBelow(genuine, threshold);
    const accepted = impostor.length - countBelow(impostor, threshold);
    const right = (genuine.length - rejected + impostor.length - accepted) / (genuine.length + impostor.length);
    if (right > best.accuracy) best = { accuracy: right, threshold };
    const frr = rejected / genuine.length;
    const far = accepted / impostor.length;
    const gap = Math.abs(frr - far);
    if (gap < equal.gap) equal = { rate: (frr + far) / 2, threshold, gap };
  }
  if (best.accuracy < 0) return undefined;
  return {
    accuracy: best.accuracy,
    accuracyThreshold: best.threshold,
    eer: equal.rate,
    eerThreshold: equal.threshold,
  };
}

/** One point of a ROC curve. */
export interface RocPoint {
  readonly far: number;
  readonly tar: number;
  readonly threshold: number;
}

/** ROC points at `perDecade` false acceptance rates per decade, from 1 down to one impostor score. */
export function rocOf(genuine: SortedScores, impostor: SortedScores, perDecade = 12): readonly RocPoint[] {
  if (genuine.length === 0 || impostor.length === 0) return [];
  const points: RocPoint[] = [];
  const steps = Math.ceil(Math.log10(impostor.length) * perDecade);
  for (let i = 0; i <= steps; i++) {
    const far = Math.max(10 ** (-i / perDecade), 1 / impostor.length);
    const threshold = thresholdAtFar(impostor, far)!;
    points.push({ far, tar: acceptedPart(genuine, threshold), threshold });
  }
  return points;
}
