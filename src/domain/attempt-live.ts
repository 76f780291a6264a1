import type { Attempt, AttemptEffect, AttemptMessage, AttemptRules, LivenessTarget } from './attempt.js';
import { isProven, wantedFactors } from './attempt-steps.js';
import type { FactorKind, FactorResult } from './factor.js';
import type { LivenessReason } from './liveness/gate.js';
import { type Alternative, factorsOf } from './policy.js';

/** Reasons that depend on the person who is named: told only to somebody who proved who he is. */
const ABOUT_THE_NAME: readonly LivenessReason[] = ['other_face', 'pose_mismatch', 'no_pose_enrolled'];

/** Factors of a run before the camera: they say that a living person stands there, not who it is. */
export function isLive(kind: FactorKind): kind is LivenessTarget['factor'] {
  return kind === 'liveness' || kind === 'pose';
}

/**
 * Which run before the camera is wanted now; undefined when there is none: elsewhere than at the kiosk, when nobody is
 * named, when the turn of the factor has not come. For a name that nobody has it takes place as well.
 */
export function livenessTarget(attempt: Attempt): LivenessTarget | undefined {
  const { identity, outcome, place, alternatives, own } = attempt;
  if (outcome !== undefined || place === 'remote' || identity.kind === 'none') return undefined;
  const factor = wantedFactors(attempt).find(isLive);
  if (factor === undefined) return undefined;
  // Also by a way that is not shown yet: what passes now counts there too.
  const bound = [...alternatives, ...own]
    .map(factorsOf)
    .some((kinds) => kinds.includes(factor) && kinds.includes('face'));
  const who =
    identity.kind === 'person'
      ? ({ kind: 'person', personId: identity.personId } as const)
      : ({ kind: 'nobody' } as const);
  return { factor, who, bound };
}

/** False where one of them is missing. */
export function sameLivenessTarget(one: LivenessTarget | undefined, other: LivenessTarget | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const person = ({ who }: LivenessTarget): string | undefined => (who.kind === 'person' ? who.personId : undefined);
  return (
    one.factor === other.factor &&
    one.bound === other.bound &&
    one.who.kind === other.who.kind &&
    person(one) === person(other)
  );
}

/** What is said of a run that could not be carried out: nothing counts as given. */
export function unmeasured(attempt: Attempt, { evidence }: FactorResult): AttemptMessage {
  return withDetail(attempt, 'unavailable', evidence?.reason);
}

/**
 * What is said when only such a run failed of what was answered together: why, to somebody who proved who he is, or
 * where nothing else was answered. Undefined: the word for any wrong answer.
 * @param open factors that were answered together
 */
export function notLive(attempt: Attempt, open: readonly FactorKind[]): AttemptMessage | undefined {
  const failed = open.filter((kind) => attempt.given.get(kind)?.outcome === 'failed');
  const [first] = failed;
  if (first === undefined || !failed.every(isLive)) return undefined;
  const proven = isProven(attempt);
  const reason = attempt.given.get(first)?.evidence?.reason;
  if (!proven && (open.length > 1 || (reason !== undefined && ABOUT_THE_NAME.includes(reason)))) return undefined;
  return withDetail(attempt, 'not_live', reason);
}

/**
 * Runs that failed and were not counted, because their step is not complete. Who goes away now saw what was asked for: without
 * a count he would have it drawn anew for nothing.
 */
export function uncounted({ given }: Attempt): readonly AttemptEffect[] {
  const factors = [...given.values()].filter(({ kind, outcome }) => isLive(kind) && outcome === 'failed');
  return factors.length === 0 ? [] : [{ kind: 'count', factors: factors.map(({ kind }) => kind) }];
}

/** A face began the attempt, but the way with the face cannot be gone: says why another one is asked for. */
export function whyOtherWay(
  alternatives: readonly Alternative[],
  index: number,
  rules: Pick<AttemptRules, 'whyNot'>,
): AttemptMessage | undefined {
  const kinds = alternatives.map(factorsOf);
  if (kinds[index]?.includes('face')) return undefined;
  const live = kinds.filter((one) => one.includes('face')).flatMap((one) => one.filter(isLive));
  const detail = live.map((kind) => rules.whyNot?.(kind)).find((reason) => reason !== undefined);
  return detail && { code: 'unavailable', detail };
}

function withDetail(
  attempt: Attempt,
  code: 'not_live' | 'unavailable',
  reason: LivenessReason | undefined,
): AttemptMessage {
  if (reason === undefined || (!isProven(attempt) && ABOUT_THE_NAME.includes(reason))) return { code };
  return { code, detail: reason };
}
