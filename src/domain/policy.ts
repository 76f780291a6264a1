import type { Purpose } from './decision.js';
import type { FactorKind } from './factor.js';
import type { Role } from './role.js';

/** Factors that are gathered together and answered together: nobody learns which of them failed. */
export type Step = readonly FactorKind[];
/** One way to reach a purpose: every factor of every step must pass. Steps come one after the other. */
export type Alternative = readonly Step[];

/** Monday first. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** For whom and when a rule holds; what is absent holds for everybody and always. All that is given must hold. */
export interface PolicyCondition {
  /** Person ids or numbers of the employer. */
  readonly people?: readonly string[];
  readonly roles?: readonly Role[];
  readonly days?: readonly Weekday[];
  /** Minutes since local midnight; `from` ≥ `to` crosses midnight, and belongs to the day it began on. */
  readonly from?: number;
  readonly to?: number;
}

/** Replaces the alternatives of the purposes it names. An empty list: not possible at that time for that person. */
export interface PolicyRule {
  readonly when: PolicyCondition;
  readonly purposes: Readonly<Partial<Record<Purpose, readonly Alternative[]>>>;
}

/** Which factors each purpose needs (docs/policy.md). The first rule that holds and names the purpose decides. */
export interface Policy {
  readonly base: Readonly<Record<Purpose, readonly Alternative[]>>;
  readonly rules: readonly PolicyRule[];
}

/** Whom a policy is asked about. Without a person: somebody of role `person` whom no rule names. */
export interface PolicySubject {
  readonly personId?: string;
  readonly externalId?: string;
  readonly role: Role;
}

/** Local weekday and minutes since local midnight. */
export interface LocalTime {
  readonly weekday: Weekday;
  readonly minute: number;
}
