import { PURPOSES, type Purpose } from './decision.js';
import { type FactorKind, isBiometric, VERIFIABLE_FACTORS } from './factor.js';
import { type Alternative, alternativeText, factorsOf, type Policy, type PolicyRule } from './policy.js';

/** One thing that is wrong in a policy. */
export interface PolicyFault {
  /** Dotted path in the configuration, for example `policy.overrides.0.login.1`. */
  readonly path: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** More could not be told apart at a screen, and the index of an alternative has two digits at most. */
const MOST_OFFERED = 16;
/** A session is more than a punch: something that was found, watched or guessed must not be enough. */
const TOO_LITTLE_ALONE: readonly FactorKind[] = ['pin', 'badge', 'otp'];

/** Everything that is wrong in a policy, in the order of the configuration; empty when it may be used. */
export function policyFaults(policy: Policy): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  for (const purpose of PURPOSES) {
    const path = `policy.${purpose}`;
    if (policy.base[purpose].length === 0)
      faults.push({
        path,
        message: 'name at least one alternative without biometrics; to close a purpose, use an override with []',
      });
    faults.push(...listFaults(purpose, policy.base[purpose], path));
    const offered = everyAlternative(policy, purpose).size;
    if (offered > MOST_OFFERED)
      faults.push({
        path,
        message: `with all overrides there are ${offered} different alternatives; at most ${MOST_OFFERED} can be offered`,
      });
  }
  for (const [index, rule] of policy.rules.entries()) faults.push(...ruleFaults(rule, `policy.overrides.${index}`));
  return faults;
}

function ruleFaults({ when, purposes }: PolicyRule, path: string): PolicyFault[] {
  const faults: PolicyFault[] = [];
  if (Object.keys(purposes).length === 0)
    faults.push({ path, message: `it changes nothing; name one of ${PURPOSES.join(', ')}` });
  for (const key of ['people', 'roles', 'days'] as const) {
    if (when[key]?.length === 0)
      faults.push({ path: `${path}.${key}`, message: 'an empty list holds for nobody; leave the key out or fill it' });
  }
  for (const purpose of PURPOSES) faults.push(...listFaults(purpose, purposes[purpose] ?? [], `${path}.${purpose}`));
  return faults;
}

function listFaults(purpose: Purpose, alternatives: readonly Alternative[], path: string): PolicyFault[] {
  const faults: PolicyFault[] = [];
  if (alternatives.length > 0 && alternatives.every((one) => factorsOf(one).some(isBiometric)))
    faults.push({
      path,
      message: 'nobody may be forced to use biometrics; add an alternative without them, such as [badge, pin]',
    });
  const seen = new Set<string>();
  for (const [index, alternative] of alternatives.entries()) {
    const text = alternativeText(alternative);
    const messages = alternativeFaults(purpose, alternative);
    if (seen.has(text)) messages.push('this alternative stands twice; keep one of them');
    seen.add(text);
    for (const message of messages) faults.push({ path: `${path}.${index}`, message });
  }
  return faults;
}

function alternativeFaults(purpose: Purpose, alternative: Alternative): string[] {
  const kinds = factorsOf(alternative);
  const distinct = [...new Set(kinds)];
  const messages: string[] = [];
  const unverifiable = distinct.filter((kind) => !VERIFIABLE_FACTORS.some((one) => one === kind));
  if (unverifiable.length > 0)
    messages.push(`this version cannot verify ${unverifiable.join(', ')}; use ${VERIFIABLE_FACTORS.join(', ')}`);
  const twice = distinct.filter((kind) => kinds.filter((one) => one === kind).length > 1);
  if (twice.length > 0) messages.push(`${twice.join(', ')} stands twice; one passing is not two factors`);
  const onlyBiometric = distinct.every(isBiometric);
  if (purpose === 'login' || purpose === 'admin') {
    if (onlyBiometric)
      messages.push('biometrics alone never open a session; add password, pin, badge or otp to this alternative');
    const [only] = distinct;
    if (distinct.length === 1 && only !== undefined && TOO_LITTLE_ALONE.includes(only))
      messages.push(`${only} alone does not open a session; add another factor to this alternative`);
  }
  if (purpose === 'door' && onlyBiometric && !distinct.includes('liveness'))
    messages.push('a door is not opened by biometrics without liveness; add password, pin, badge or otp');
  messages.push(...liveFaults(alternative));
  return messages;
}

/**
 * Liveness says that somebody lives, and pose hardly more: neither says who it is. A name must not be told from an unknown
 * one by somebody who only moved before the camera, so neither comes before what does say it.
 */
function liveFaults(alternative: Alternative): string[] {
  const messages: string[] = [];
  const firstOf = (is: (kind: FactorKind) => boolean): number => {
    const at = alternative.findIndex((step) => step.some(is));
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  const at = (kind: FactorKind): number => alternative.findIndex((step) => step.includes(kind));
  if (at('liveness') >= 0 && firstOf((kind) => kind === 'face') > at('liveness'))
    messages.push(
      'liveness says nothing about who it is; put face into the same step or an earlier one, as in [face+liveness]',
    );
  if (at('pose') >= 0 && firstOf((kind) => kind !== 'pose' && kind !== 'liveness') > at('pose'))
    messages.push(
      'pose says too little about who it is; put face, password, pin, badge or otp into the same step or an earlier one',
    );
  return messages;
}

/** Every alternative of a purpose that could be offered to somebody, once each. */
function everyAlternative(policy: Policy, purpose: Purpose): ReadonlySet<string> {
  const lists = [policy.base[purpose], ...policy.rules.map((rule) => rule.purposes[purpose] ?? [])];
  return new Set(lists.flat().map(alternativeText));
}
