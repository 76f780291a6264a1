import type { Purpose } from './decision.js';
import { FACTOR_KINDS, type FactorKind } from './factor.js';
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

const MIDNIGHT = 24 * 60;

/** The factors of a step as it is written: `password` or `password+face`. @throws Error for anything else */
export function parseStep(text: string): Step {
  return text.split('+').map((part) => {
    const kind = FACTOR_KINDS.find((one) => one === part);
    if (kind === undefined) throw new Error(`"${part}" is no factor; use ${FACTOR_KINDS.join(', ')}.`);
    return kind;
  });
}

/** An alternative as it is written, steps joined by a comma: two alternatives are the same when their texts are. */
export function alternativeText(alternative: Alternative): string {
  return alternative.map((step) => step.join('+')).join(', ');
}

/** Every factor of an alternative, in its order. */
export function factorsOf(alternative: Alternative): readonly FactorKind[] {
  return alternative.flat();
}

/** What the policy asks of this person for this purpose at this time. Empty: closed now. */
export function alternativesFor(
  policy: Policy,
  purpose: Purpose,
  subject: PolicySubject,
  local: LocalTime,
): readonly Alternative[] {
  for (const { when, purposes } of policy.rules) {
    const alternatives = purposes[purpose];
    if (alternatives !== undefined && holdsFor(when, subject) && holdsAt(when, local)) return alternatives;
  }
  return policy.base[purpose];
}

/**
 * What is offered to somebody who has not proved who he is: what the policy asks of an unnamed person, then what it
 * asks of anybody else at this time. It is the same list for every name, so it tells nothing about a name.
 */
export function alternativesForAnybody(policy: Policy, purpose: Purpose, local: LocalTime): readonly Alternative[] {
  const offered = new Map<string, Alternative>();
  const offer = (alternatives: readonly Alternative[]): void => {
    for (const alternative of alternatives) {
      const text = alternativeText(alternative);
      if (!offered.has(text)) offered.set(text, alternative);
    }
  };
  offer(alternativesFor(policy, purpose, { role: 'person' }, local));
  for (const { when, purposes } of policy.rules) {
    const alternatives = purposes[purpose];
    if (alternatives === undefined || !holdsAt(when, local)) continue;
    offer(alternatives);
    // Nobody gets past a rule that holds for everybody.
    if (when.people === undefined && when.roles === undefined) return [...offered.values()];
  }
  offer(policy.base[purpose]);
  return [...offered.values()];
}

/** Whether some alternative is a password and nothing else: passwords must then be longer (NIST SP 800-63B). */
export function passwordMayBeAlone(policy: Policy): boolean {
  return alternativesOf(policy).some((one) => alternativeText(one) === 'password');
}

/** Whether some alternative is a face and nothing else: a photograph of the person is then enough. */
export function faceMayBeAlone(policy: Policy): boolean {
  return alternativesOf(policy).some((one) => alternativeText(one) === 'face');
}

function holdsFor({ people, roles }: PolicyCondition, { personId, externalId, role }: PolicySubject): boolean {
  if (roles !== undefined && !roles.includes(role)) return false;
  return people === undefined || people.some((one) => one === personId || one === externalId);
}

/** Compares what the clock on the wall shows, so an hour that a change of time repeats or leaves out follows the wall. */
function holdsAt(when: PolicyCondition, { weekday, minute }: LocalTime): boolean {
  const { days, from = 0, to = MIDNIGHT } = when;
  const isDay = (day: Weekday): boolean => days === undefined || days.includes(day);
  if (from < to) return minute >= from && minute < to && isDay(weekday);
  return (minute >= from && isDay(weekday)) || (minute < to && isDay(dayBefore(weekday)));
}

function dayBefore(day: Weekday): Weekday {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + WEEKDAYS.length - 1) % WEEKDAYS.length]!;
}

/** Factors that some alternative of the policy names, in their usual order. */
export function factorsInUse(policy: Policy): readonly FactorKind[] {
  const named = new Set(alternativesOf(policy).flatMap(factorsOf));
  return FACTOR_KINDS.filter((kind) => named.has(kind));
}

/** Every alternative of every purpose and every rule. */
function alternativesOf({ base, rules }: Policy): readonly Alternative[] {
  return [base, ...rules.map(({ purposes }) => purposes)].flatMap((purposes) => Object.values(purposes).flat());
}
