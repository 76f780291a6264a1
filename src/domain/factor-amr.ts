import type { FactorKind } from './factor.js';

/** RFC 8176 names of factors. A badge is a thing one has: `sc` comes nearest. Pose and signature have no name there. */
const AMR: Readonly<Record<FactorKind, string>> = {
  face: 'face',
  liveness: 'face',
  pose: 'user',
  signature: 'user',
  password: 'pwd',
  pin: 'pin',
  badge: 'sc',
  otp: 'otp',
};

/** The claim `amr` of a session that these factors opened, each name once. */
export function amrOf(factors: Iterable<FactorKind>): readonly string[] {
  return [...new Set([...factors].map((kind) => AMR[kind]))];
}
