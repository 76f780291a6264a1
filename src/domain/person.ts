/** Somebody known to the kiosk: recognised by the face, or by what he knows and has. */
export interface Person {
  /** `p_` + 12 lower-case hex digits; opaque, stable. */
  readonly id: string;
  readonly name: string;
  /** The employer's number. */
  readonly externalId?: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
  readonly active: boolean;
  /** Consent to be recognised by face or body; absent for somebody who logs in without. */
  readonly consent?: Consent;
}

/** Who agreed to what, when, in which words. */
export interface Consent {
  readonly textVersion: string;
  readonly language: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** Who recorded it: the person at the kiosk, an administrator's import, the demo. */
  readonly recordedBy: 'person' | 'administrator' | 'demo';
}
