import { PURPOSES, type Purpose } from './decision.js';
import {
  type Alternative,
  type Policy,
  type PolicyCondition,
  type PolicyRule,
  parseStep,
  type Weekday,
} from './policy.js';
import type { Role } from './role.js';

/** Alternatives as they stand in the configuration: lists of steps, each a text. */
export type WrittenAlternatives = readonly (readonly string[])[];

/** The section `policy` of the configuration. Times are `HH:MM`. */
export interface WrittenPolicy extends Readonly<Record<Purpose, WrittenAlternatives>> {
  readonly overrides: readonly WrittenOverride[];
}

export interface WrittenOverride extends Readonly<Partial<Record<Purpose, WrittenAlternatives | undefined>>> {
  readonly people?: readonly string[] | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly days?: readonly Weekday[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The policy of a configuration; `rules[i]` is `overrides[i]`. @throws Error for a step that is none */
export function policyOf(written: WrittenPolicy): Policy {
  const base = Object.fromEntries(PURPOSES.map((purpose) => [purpose, parsed(written[purpose])]));
  return { base: base as Policy['base'], rules: written.overrides.map(ruleOf) };
}

function ruleOf(written: WrittenOverride): PolicyRule {
  const { people, roles, days, from, to } = written;
  const when: PolicyCondition = {
    ...(people && { people }),
    ...(roles && { roles }),
    ...(days && { days }),
    ...(from !== undefined && { from: minuteOf(from) }),
    ...(to !== undefined && { to: minuteOf(to) }),
  };
  const purposes = PURPOSES.flatMap((purpose) => {
    const alternatives = written[purpose];
    return alternatives === undefined ? [] : [[purpose, parsed(alternatives)] as const];
  });
  return { when, purposes: Object.fromEntries(purposes) };
}

function parsed(alternatives: WrittenAlternatives): readonly Alternative[] {
  return alternatives.map((steps) => steps.map(parseStep));
}

function minuteOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}
