import type { Config } from '../../config/schema.js';
import type { CalibrationCurve } from '../../domain/calibration.js';
import { decideVerification, type MatchVerdict } from '../../domain/match.js';
import { chooseThreshold } from '../../domain/threshold.js';
import { dot } from '../../domain/vector.js';
import { hasConsent } from '../../people/consent.js';
import type { People } from '../../people/people.js';
import type { Templates } from '../../people/templates.js';
import type { PackIdentity } from '../../ports/vision.js';

/** What a named person's face is compared with. */
export type FaceReference =
  | {
      readonly kind: 'ready';
      readonly personId: string;
      /** Unit vector of the template. */
      readonly vector: Float32Array;
      /** Accept if cosine ≥ threshold; `fmr` is the false match rate of one comparison there. */
      readonly threshold: number;
      readonly fmr: number;
    }
  /** No active person has this id: goes the same way as somebody whose face does not match. */
  | { readonly kind: 'nobody' }
  /** Cannot be compared: no template of the running pack, no threshold at the target rate, or no consent. */
  | { readonly kind: 'unavailable'; readonly reason: 'factor_unavailable' | 'consent_missing' };

export interface FaceReferenceParts {
  readonly people: People;
  readonly templates: Templates;
  readonly curvesOf: (packId: string) => readonly CalibrationCurve[];
  readonly config: Pick<Config, 'recognition'>;
  /** Version of the consent text in force; absent: any recorded consent counts. */
  readonly consentTextVersion?: string;
}

/**
 * The reference for 1:1 now: nothing is kept, so a template that was replaced, or a consent that was withdrawn, counts at
 * once. The threshold is that of `recognition.verificationFmr` for the number of photographs in this very template.
 */
export function faceReferenceOf(
  personId: string,
  pack: PackIdentity | undefined,
  parts: FaceReferenceParts,
): FaceReference {
  const person = parts.people.find(personId);
  if (person === undefined || !person.active) return { kind: 'nobody' };
  if (!hasConsent(person, parts.consentTextVersion)) return { kind: 'unavailable', reason: 'consent_missing' };
  const template = parts.templates.of(personId).find((one) => one.kind === 'face');
  const unavailable = { kind: 'unavailable', reason: 'factor_unavailable' } as const;
  if (pack === undefined || template === undefined) return unavailable;
  if (template.modelHash !== pack.hash || template.vector.length !== pack.dim) return unavailable;
  const { verificationFmr, identificationFpir } = parts.config.recognition;
  const choice = chooseThreshold({
    curves: parts.curvesOf(pack.id),
    photos: Math.max(1, template.samples.length),
    mode: '1:1',
    gallery: 1,
    verificationFmr,
    identificationFpir,
  });
  if (choice.kind === 'refused') return unavailable;
  const { threshold, fmr } = choice;
  return { kind: 'ready', personId, vector: template.vector, threshold, fmr };
}

/** Least cosine of two pictures of one face at `recognition.verificationFmr`; undefined where no curve says so. */
export function sameFaceThreshold(
  pack: PackIdentity | undefined,
  { curvesOf, config }: Pick<FaceReferenceParts, 'curvesOf' | 'config'>,
): number | undefined {
  if (pack === undefined) return undefined;
  const { verificationFmr, identificationFpir } = config.recognition;
  const rates = { verificationFmr, identificationFpir };
  const choice = chooseThreshold({ curves: curvesOf(pack.id), photos: 1, mode: '1:1', gallery: 1, ...rates });
  return choice.kind === 'refused' ? undefined : choice.threshold;
}

/** Compares one embedding with a reference. A vector of another length or that is no number matches nobody. */
export function verifyFace(reference: FaceReference, embedding: Float32Array): MatchVerdict {
  if (reference.kind === 'unavailable') return { kind: 'unavailable' };
  if (reference.kind === 'nobody' || embedding.length !== reference.vector.length) return { kind: 'no_match' };
  return decideVerification(reference.personId, dot(reference.vector, embedding), reference.threshold);
}
