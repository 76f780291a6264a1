import type { Template } from '../template.js';
import { GESTURE_STEPS } from './dtw.js';
import { type Arm, type BodyMotion, GESTURE_DIMENSIONS, MEAN_COORDINATES } from './pose-vector.js';

/**
 * Layout of what is stored, 32-bit floats. Every sample: version, arm (0 left, 1 right), hips seen (0 or 1), 14
 * coordinates of the mean vector, 160 of the gesture (pose-vector.ts). `Template.vector`: version, arm, hips, and the mean
 * of the samples' mean vectors. A change of order, unit or meaning raises the version: templates of another one are not
 * compared, the signature is set up again.
 */
const LAYOUT_VERSION = 1;
const HEAD = 3;
const GESTURE_VALUES = GESTURE_STEPS * GESTURE_DIMENSIONS;
const SAMPLE_VALUES = HEAD + MEAN_COORDINATES + GESTURE_VALUES;
/** Values of a real body lie within this many shoulder widths of the neck. */
const FARTHEST = 20;

/** Pack whose network measures the body. */
export const POSE_PACK = 'motion';
/** Takes of one signature. */
export const POSE_SAMPLES = 5;

/** An enrolled body motion. */
export interface PoseTemplate {
  readonly arm: Arm;
  /** At least one, all of the same arm. */
  readonly samples: readonly BodyMotion[];
}

/** What `Template` holds of a signature. @throws Error for no sample, samples of two arms, or values that are no body */
export function encodePose({ arm, samples }: PoseTemplate): Pick<Template, 'vector' | 'samples'> {
  if (samples.length === 0 || samples.some((one) => one.arm !== arm || !isBody(one)))
    throw new Error('a pose template needs finite samples of one arm');
  const head = (hips: boolean): readonly number[] => [LAYOUT_VERSION, arm === 'right' ? 1 : 0, hips ? 1 : 0];
  const mean = new Float32Array(MEAN_COORDINATES);
  for (const sample of samples) for (let i = 0; i < mean.length; i++) mean[i]! += sample.mean[i]! / samples.length;
  const allHips = samples.every(({ hips }) => hips);
  return {
    vector: Float32Array.of(...head(allHips), ...mean),
    samples: samples.map((one) => Float32Array.of(...head(one.hips), ...one.mean, ...one.gesture)),
  };
}

/** The signature in a template; undefined for another kind or layout, and for values that no body has. */
export function decodePose(template: Pick<Template, 'kind' | 'samples'>): PoseTemplate | undefined {
  if (template.kind !== 'pose') return undefined;
  const samples = template.samples.map(decodeSample);
  const arm = samples[0]?.arm;
  if (arm === undefined) return undefined;
  const whole = samples.flatMap((one) => (one?.arm === arm ? [one] : []));
  return whole.length === samples.length ? { arm, samples: whole } : undefined;
}

function decodeSample(values: Float32Array): BodyMotion | undefined {
  const [version, arm, hips] = values;
  if (values.length !== SAMPLE_VALUES || version !== LAYOUT_VERSION) return undefined;
  if ((arm !== 0 && arm !== 1) || (hips !== 0 && hips !== 1)) return undefined;
  const sample: BodyMotion = {
    arm: arm === 1 ? 'right' : 'left',
    hips: hips === 1,
    mean: values.slice(HEAD, HEAD + MEAN_COORDINATES),
    gesture: values.slice(HEAD + MEAN_COORDINATES),
  };
  return isBody(sample) ? sample : undefined;
}

/** Finite, and not nothing: two recordings of zeros would be alike. */
function isBody({ mean, gesture }: BodyMotion): boolean {
  const isSound = (values: Float32Array): boolean =>
    values.every((value) => Math.abs(value) <= FARTHEST) && values.some((value) => value !== 0);
  return mean.length === MEAN_COORDINATES && gesture.length === GESTURE_VALUES && isSound(mean) && isSound(gesture);
}
