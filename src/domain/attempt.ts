import type { Purpose } from './decision.js';
import type { FactorKind, FactorResult } from './factor.js';
import type { Alternative } from './policy.js';
import type { Reason } from './reason.js';

/** At the kiosk's own screen, or at another browser or program on the network. */
export type Place = 'kiosk' | 'remote';

/** Who the attempt is about. `unknown`: a name or badge that nobody has; it goes the same way as a known one. */
export type AttemptIdentity =
  | { readonly kind: 'none' }
  | { readonly kind: 'person'; readonly personId: string; readonly by: 'name' | 'badge' | 'face' }
  | { readonly kind: 'unknown'; readonly subject: string };

/** One try to reach a purpose. Changed only by `reduce`; all times are monotonic ms. */
export interface Attempt {
  /** 128 random bits, base64url: whoever knows it drives the attempt. Never logged. */
  readonly id: string;
  readonly purpose: Purpose;
  readonly place: Place;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly identity: AttemptIdentity;
  /** What the policy asks of this person now; before anybody is identified, what it asks of an unnamed person. */
  readonly alternatives: readonly Alternative[];
  /** Index of the alternative that is gone through. */
  readonly chosen: number;
  /** Newest result of each factor. */
  readonly results: ReadonlyMap<FactorKind, FactorResult>;
  /** Every result in order, for the decision. */
  readonly history: readonly FactorResult[];
  readonly outcome?: { readonly kind: 'granted' | 'denied'; readonly reason: Reason };
}
