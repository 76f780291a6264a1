import type { FactorResult } from './factor.js';
import type { Reason } from './reason.js';

export const PURPOSES = ['attend', 'login', 'door', 'admin'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Granted or denied, with everything that led to it. Stored in the audit; no picture, no vector. */
export interface Decision {
  /** UUIDv7. */
  readonly id: string;
  readonly purpose: Purpose;
  readonly outcome: 'granted' | 'denied';
  readonly reason: Reason;
  /** Present when an identity was claimed or matched. */
  readonly personId?: string;
  readonly factors: readonly FactorResult[];
  /** Monotonic ms of the decision. */
  readonly at: number;
}
