import type { Attempt, AttemptEffect, AttemptEvent, AttemptMessageCode, AttemptRules, Standing } from './attempt.js';
import {
  isLive,
  livenessTarget,
  notLive,
  sameLivenessTarget,
  uncounted,
  unmeasured,
  whyOtherWay,
} from './attempt-live.js';
import { addResult, isFace, isMeasured, isNamingBadge, messageOf, withBadge } from './attempt-results.js';
import {
  codeAsked,
  currentGroup,
  deadline,
  faceTarget,
  firstUsable,
  goOnWith,
  sameTarget,
  touched,
  wantedFactors,
  withMessage,
} from './attempt-steps.js';
import type { FactorKind } from './factor.js';
import { type Alternative, factorsOf } from './policy.js';
import type { Reason } from './reason.js';

export interface AttemptStep {
  readonly attempt: Attempt;
  readonly effects: readonly AttemptEffect[];
}

type EventOf<K extends AttemptEvent['kind']> = Extract<AttemptEvent, { kind: K }>;

/**
 * The next state of an attempt and what has to be done. Changes nothing else; the same inputs always give the same step.
 * Granted only when every factor of one of the person's own alternatives passed; ends once; an ended attempt stays as it
 * is. An event that comes after the attempt's time is its end.
 */
export function reduce(before: Attempt, event: AttemptEvent, rules: AttemptRules): AttemptStep {
  if (before.outcome !== undefined) return { attempt: before, effects: [] };
  const late = event.kind !== 'cancelled' && event.at >= deadline(before, rules);
  const { attempt, effects } = late ? ended(before, 'denied', 'timeout') : next(before, event, rules);
  return { attempt, effects: [...faceEffects(before, attempt), ...effects] };
}

/** A new attempt as it begins; closed at once when nothing is offered. */
export function beginAttempt(
  facts: Pick<Attempt, 'id' | 'purpose' | 'place' | 'startedAt' | 'identity' | 'offered' | 'own'>,
  rules: AttemptRules,
): AttemptStep {
  const alternatives = facts.identity.kind === 'person' ? facts.own : facts.offered;
  const chosen = firstUsable(alternatives, rules.usable);
  const nothing = { chosenByHand: false, results: new Map(), given: new Map(), history: [] };
  const attempt: Attempt = { ...facts, ...nothing, alternatives, lastAt: facts.startedAt, chosen };
  if (alternatives.length === 0) return ended(attempt, 'denied', 'outside_schedule');
  const target = faceTarget(attempt);
  return { attempt, effects: target === undefined ? [] : [{ kind: 'watchFace', target }] };
}

function next(before: Attempt, event: AttemptEvent, rules: AttemptRules): AttemptStep {
  switch (event.kind) {
    case 'identified':
      return identified(before, event, rules);
    case 'chosen':
      return chosen(before, event, rules);
    case 'answered':
      return answered(before, event, rules);
    case 'face':
      return event.result.kind === 'face' ? faceSeen(before, event, rules) : unchanged(before);
    case 'judged':
      return judged(before, event.standings);
    case 'code':
      return unchanged(withMessage(codeAsked(before, event), event.message));
    case 'touched':
      return unchanged(touched(before, event));
    case 'tick':
      return unchanged(before);
    case 'cancelled':
      return ended(before, 'denied', 'cancelled');
  }
}

/** A name or badge replaces nobody, and somebody whom only the camera found. */
function identified(before: Attempt, event: EventOf<'identified'>, rules: AttemptRules): AttemptStep {
  const { identity, own, badge, at } = event;
  const former = before.identity;
  const onlySeen = former.kind === 'person' && former.by === 'face' && [...before.results.keys()].every(isMeasured);
  if (former.kind !== 'none' && !onlySeen) return unchanged(before);
  if (former.kind === 'person' && identity.kind === 'person' && former.personId === identity.personId)
    return settled({ ...addResult(before, badge), given: withBadge(before.given, badge), lastAt: at }, rules);
  const { offered } = before;
  const wanted = badge === undefined ? undefined : 'badge';
  const index = before.chosenByHand
    ? goOnWith(before, offered, rules.usable)
    : firstUsable(offered, rules.usable, wanted);
  // What passed was somebody else's and is no part of this person's decision.
  const failures = before.history.filter(({ outcome }) => outcome !== 'passed');
  const named = addResult({ ...before, history: failures }, badge);
  const fresh = withMessage({ ...named, identity, own, lastAt: at }, undefined);
  const empty = { alternatives: offered, chosen: index, results: new Map() };
  const other = { ...fresh, ...empty, given: withBadge(new Map(), badge) };
  return settled(other, rules, undefined, uncounted(before));
}

/** Another alternative: what passed stays, what is not yet answered is asked for again. */
function chosen(before: Attempt, { index, at }: EventOf<'chosen'>, rules: AttemptRules): AttemptStep {
  if (before.alternatives[index] === undefined) return unchanged(before);
  // A face stays whether it was right or not: that the camera looks again would tell, and would be a try for nothing.
  const given = [...before.given].filter(([kind]) => isNamingBadge(before, kind) || isMeasured(kind));
  const attempt = { ...before, chosen: index, chosenByHand: true, given: new Map(given), lastAt: at };
  return settled(withMessage(attempt, undefined), rules);
}

function answered(before: Attempt, event: EventOf<'answered'>, rules: AttemptRules): AttemptStep {
  const { result, message, target, at } = event;
  if (before.identity.kind === 'none' || !wantedFactors(before).includes(result.kind)) return unchanged(before);
  if (isLive(result.kind)) {
    if (target?.factor !== result.kind || !sameLivenessTarget(livenessTarget(before), target)) return unchanged(before);
    if (result.outcome === 'unavailable')
      return unchanged(withMessage(addResult(before, result), unmeasured(before, result)));
  }
  const given = new Map([...before.given, [result.kind, result]]);
  return settled({ ...withMessage(addResult(before, result), undefined), given, lastAt: at }, rules, message);
}

function faceSeen(before: Attempt, event: EventOf<'face'>, rules: AttemptRules): AttemptStep {
  const { result, personId, own, at } = event;
  // A late result of a camera that is no longer asked, or was asked about somebody else, says nothing.
  const target = faceTarget(before);
  const named = target?.kind === 'person' ? target.personId : personId;
  if (target === undefined || (personId ?? named) !== named) return unchanged(before);
  const noted = addResult(before, result);
  const isAsked = currentGroup(before).includes('face');
  if (result.outcome === 'unavailable') return unchanged(isAsked ? withMessage(noted, { code: 'unavailable' }) : noted);
  if (before.identity.kind === 'none') {
    if (result.outcome === 'failed') {
      const code = messageOf(result);
      return unchanged(isAsked ? withMessage(noted, { code }) : noted);
    }
    if (personId === undefined || own === undefined) return unchanged(before);
    const found = { ...noted, identity: { kind: 'person', personId, by: 'face' }, own, lastAt: at } as const;
    const index = before.chosenByHand ? before.chosen : firstUsable(before.alternatives, rules.usable, 'face');
    const other = whyOtherWay(before.alternatives, index, rules);
    const passed = withMessage({ ...found, chosen: index, results: new Map([['face', result]]) }, other);
    return settled(disclosed(passed, rules), rules, undefined, [{ kind: 'clear', factors: ['face'] }]);
  }
  if (result.outcome === 'passed') {
    if (before.identity.kind === 'unknown') return unchanged(before);
    return settled({ ...noted, given: new Map([...before.given, ['face', result]]), lastAt: at }, rules);
  }
  if (isAsked) return settled({ ...noted, given: new Map([...before.given, ['face', result]]) }, rules);
  return { attempt: noted, effects: [{ kind: 'count', factors: ['face'] }] };
}

/** Says what has to wait; ends an attempt in which every way holds a locked factor. */
function judged(before: Attempt, standings: ReadonlyMap<FactorKind, Standing>): AttemptStep {
  const isLocked = (kind: FactorKind): boolean => standings.get(kind)?.kind === 'locked';
  if (before.alternatives.every((one) => factorsOf(one).some(isLocked))) return ended(before, 'denied', 'locked_out');
  const asked = wantedFactors(before);
  if (asked.some(isLocked)) return unchanged(withMessage(before, { code: 'locked' }));
  const waits = asked.flatMap((kind) => {
    const standing = standings.get(kind);
    return standing?.kind === 'wait' ? [standing.until] : [];
  });
  if (waits.length === 0) return unchanged(before);
  return unchanged(withMessage(before, { code: 'wait', until: Math.max(...waits) }));
}

/** Answers what is complete: grants, tells a whole group right or wrong, or leaves everything open. */
function settled(
  start: Attempt,
  rules: AttemptRules,
  closer?: AttemptMessageCode,
  effects: readonly AttemptEffect[] = [],
): AttemptStep {
  const { identity, results, given } = start;
  if (start.outcome !== undefined || identity.kind === 'none') return { attempt: start, effects };
  const isRight = (kind: FactorKind): boolean => given.get(kind)?.outcome === 'passed';
  if (identity.kind === 'person') {
    // An answer whose step is not complete grants nothing elsewhere: a wrong one is not counted yet.
    const counts = (kind: FactorKind): boolean =>
      results.has(kind) || (isRight(kind) && (isFace(kind) || isNamingBadge(start, kind)));
    const complete = start.own.find((one) => one.length > 0 && factorsOf(one).every(counts));
    if (complete !== undefined) return granted(start, complete, identity.personId, rules, effects);
    // Told once a factor passed, so that it gives nothing away.
    if (results.size > 0 && start.own.length === 0) return ended(start, 'denied', 'outside_schedule', effects);
  }
  const group = currentGroup(start);
  const open = group.filter((kind) => !results.has(kind));
  if (open.length === 0 || !open.every((kind) => given.has(kind))) return { attempt: start, effects };
  if (identity.kind === 'person' && open.every(isRight)) {
    const passed = new Map([...results, ...open.map((kind) => [kind, given.get(kind)!] as const)]);
    const rest = new Map([...given].filter(([kind]) => !open.includes(kind)));
    const told = disclosed(withMessage({ ...start, results: passed, given: rest }, undefined), rules);
    return settled(told, rules, undefined, [...effects, { kind: 'clear', factors: open }]);
  }
  return wrong(start, open, closer, effects);
}

/** Nobody learns which factor of a group failed, so all of them are asked for and counted again. */
function wrong(
  start: Attempt,
  open: readonly FactorKind[],
  closer: AttemptMessageCode | undefined,
  effects: readonly AttemptEffect[],
): AttemptStep {
  const { given } = start;
  const asked = open.filter((kind) => !isNamingBadge(start, kind));
  const rest = new Map([...given].filter(([kind]) => !asked.includes(kind)));
  if (asked.length === 0) {
    // A badge that nobody has was all that was asked: the next one may be right.
    const again: Attempt = { ...start, identity: { kind: 'none' }, own: [], given: new Map() };
    return { attempt: withMessage(again, { code: 'not_right' }), effects };
  }
  const outcomes = open.map((kind) => given.get(kind)?.outcome);
  if (!outcomes.includes('failed')) {
    const attempt = withMessage({ ...start, given: rest }, { code: 'unavailable' });
    return { attempt, effects };
  }
  const only = open.length === 1 ? given.get(open[0]!) : undefined;
  const code = only === undefined ? 'not_right' : (closer ?? messageOf(only));
  return {
    attempt: withMessage({ ...start, given: rest }, notLive(start, open) ?? { code }),
    effects: [
      ...effects,
      { kind: 'count', factors: asked.filter((kind) => given.get(kind)?.outcome !== 'unavailable') },
    ],
  };
}

function granted(
  start: Attempt,
  complete: Alternative,
  personId: string,
  rules: AttemptRules,
  effects: readonly AttemptEffect[],
): AttemptStep {
  const told = factorsOf(complete).filter((kind) => !start.results.has(kind));
  const results = new Map([...start.results, ...told.map((kind) => [kind, start.given.get(kind)!] as const)]);
  const alternatives = start.own;
  const attempt = { ...start, results, given: new Map(), alternatives, chosen: alternatives.indexOf(complete) };
  const cleared: AttemptEffect[] = told.length === 0 ? [] : [{ kind: 'clear', factors: told }];
  const refusal = rules.refusal(personId, start.purpose);
  if (refusal !== undefined) return ended(attempt, 'denied', refusal, [...effects, ...cleared]);
  return ended(attempt, 'granted', 'ok', [...effects, ...cleared]);
}

/** Whoever proved who he is sees what the policy asks of him. */
function disclosed(attempt: Attempt, rules: AttemptRules): Attempt {
  if (attempt.alternatives === attempt.own) return attempt;
  return { ...attempt, alternatives: attempt.own, chosen: goOnWith(attempt, attempt.own, rules.usable) };
}

function ended(
  before: Attempt,
  kind: 'granted' | 'denied',
  reason: Reason,
  effects: readonly AttemptEffect[] = [],
): AttemptStep {
  const attempt: Attempt = { ...withMessage(before, undefined), given: new Map(), outcome: { kind, reason } };
  const decide: AttemptEffect = { kind: 'decide', outcome: kind, reason };
  return {
    attempt,
    effects: [...effects, ...uncounted(before), decide, ...(kind === 'granted' ? openings(before) : [])],
  };
}

function openings({ purpose }: Attempt): readonly AttemptEffect[] {
  if (purpose === 'attend') return [{ kind: 'record' }];
  if (purpose === 'door') return [{ kind: 'openDoor' }];
  return [{ kind: 'openSession', purpose }];
}

function faceEffects(before: Attempt, after: Attempt): readonly AttemptEffect[] {
  const target = faceTarget(after);
  if (sameTarget(faceTarget(before), target)) return [];
  return [target === undefined ? { kind: 'stopFace' } : { kind: 'watchFace', target }];
}

function unchanged(attempt: Attempt): AttemptStep {
  return { attempt, effects: [] };
}
