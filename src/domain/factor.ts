import type { Reason } from './reason.js';

export const FACTOR_KINDS = ['face', 'liveness', 'pose', 'signature', 'password', 'pin', 'badge', 'otp'] as const;
export type FactorKind = (typeof FACTOR_KINDS)[number];
export type FactorOutcome = 'passed' | 'failed' | 'unavailable';
export const OTP_CHANNELS = ['sms', 'voice', 'whatsapp', 'email', 'totp'] as const;
export type OtpChannel = (typeof OTP_CHANNELS)[number];

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
  /** Monotonic ms. */
  readonly at: number;
}
