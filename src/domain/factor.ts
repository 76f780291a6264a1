import type { LivenessEvidence } from './liveness/evidence.js';
import type { Reason } from './reason.js';

export const FACTOR_KINDS = ['face', 'liveness', 'pose', 'signature', 'password', 'pin', 'badge', 'otp'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];
export type FactorOutcome = 'passed' | 'failed' | 'unavailable';
/** How a one-time code reaches the person; `recovery`: one of the codes printed beforehand; `screen`: demo only. */
export const OTP_CHANNELS = ['sms', 'voice', 'whatsapp', 'email', 'totp', 'recovery', 'screen'] as const;
export type OtpChannel = (typeof OTP_CHANNELS)[number];

/** Factors that measure the body. None of them, nor all together, opens a login session. */
const BIOMETRIC_FACTORS = ['face', 'liveness', 'pose', 'signature'] as const satisfies readonly FactorKind[];
/** Factors that this version can verify; a policy that names another one is refused at start. */
export const VERIFIABLE_FACTORS = [
  'face',
  'liveness',
  'pose',
  'password',
  'pin',
  'badge',
  'otp',
] as const satisfies readonly FactorKind[];

export function isBiometric(kind: FactorKind): boolean {
  return BIOMETRIC_FACTORS.some((one) => one === kind);
}

/** What one factor said. A missing score was not measured. */
export interface FactorResult {
  readonly kind: FactorKind;
  readonly outcome: FactorOutcome;
  readonly reason: Reason;
  /** Cosine similarity for faces. */
  readonly score?: number;
  readonly threshold?: number;
  /** Face: compared against one named person or against the whole gallery. */
  readonly mode?: '1:1' | '1:N';
  /** Face: persons compared. */
  readonly gallery?: number;
  /** Face: false match rate per comparison at the threshold used. */
  readonly fmr?: number;
  /** `sha256:` + first 16 hex digits of the model pack's hash. */
  readonly model?: string;
  readonly channel?: OtpChannel;
  /** Liveness and pose: what every gate said. No picture, no vector. */
  readonly evidence?: LivenessEvidence;
  /** Monotonic ms. */
  readonly at: number;
}
