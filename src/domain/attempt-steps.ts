import type { Attempt, AttemptMessage, FaceTarget } from './attempt.js';
import type { FactorKind } from './factor.js';
import { type Alternative, alternativeText, factorsOf } from './policy.js';

/**
 * Factors that are answered together, in their order. A badge that comes first is answered together with what follows:
 * an unknown badge must not be told from a known one.
 */
function groupsOf(alternative: Alternative): readonly (readonly FactorKind[])[] {
  const [first, second, ...rest] = alternative;
  if (first === undefined || second === undefined || first.length > 1 || first[0] !== 'badge') return alternative;
  return [[...first, ...second], ...rest];
}

/** The alternative that is gone through; undefined when the purpose is closed. */
export function chosenAlternative(attempt: Attempt): Alternative | undefined {
  return attempt.alternatives[attempt.chosen];
}

/** What is asked for together now: the first group with a factor that has not passed. Empty: nothing. */
export function currentGroup(attempt: Attempt): readonly FactorKind[] {
  const groups = groupsOf(chosenAlternative(attempt) ?? []);
  return groups.find((group) => group.some((kind) => !attempt.results.has(kind))) ?? [];
}

/** Factors of the current group that still want an answer. */
export function wantedFactors(attempt: Attempt): readonly FactorKind[] {
  return currentGroup(attempt).filter((kind) => !attempt.results.has(kind) && !attempt.given.has(kind));
}

/** A factor passed, or a session says who it is: from now on the person may be shown. */
export function isProven(attempt: Attempt): boolean {
  const { identity, results } = attempt;
  return identity.kind === 'person' && (identity.by === 'session' || results.size > 0);
}

/** Every factor of every alternative offered, once. */
export function everyFactor(attempt: Attempt): readonly FactorKind[] {
  return [...new Set(attempt.alternatives.flatMap(factorsOf))];
}

/** Whom the camera should look for; undefined when no face is wanted. A face seen early counts. */
export function faceTarget(attempt: Attempt): FaceTarget | undefined {
  const { identity, results, given } = attempt;
  if (attempt.outcome !== undefined || attempt.place === 'remote') return undefined;
  if (results.has('face') || given.has('face')) return undefined;
  const chosen = chosenAlternative(attempt) ?? [];
  // Who picked a way without the face is not to be taken for whoever stands behind him.
  const wanted = identity.kind === 'none' && attempt.chosenByHand ? factorsOf(chosen) : everyFactor(attempt);
  if (!wanted.includes('face')) return undefined;
  if (identity.kind === 'none') return { kind: 'anybody' };
  return identity.kind === 'person' ? { kind: 'person', personId: identity.personId } : { kind: 'nobody' };
}

export function sameTarget(one: FaceTarget | undefined, other: FaceTarget | undefined): boolean {
  if (one?.kind === 'person' && other?.kind === 'person') return one.personId === other.personId;
  return one?.kind === other?.kind;
}

/** Index of the first alternative that uses `wanted` and can work now; else of the first that can work; else 0. */
export function firstUsable(
  alternatives: readonly Alternative[],
  usable: (kind: FactorKind) => boolean,
  wanted?: FactorKind,
): number {
  const works = alternatives.map((one) => factorsOf(one).every(usable));
  const uses = (one: Alternative): boolean => wanted === undefined || factorsOf(one).includes(wanted);
  const best = alternatives.findIndex((one, index) => works[index] && uses(one));
  return Math.max(0, best >= 0 ? best : works.indexOf(true));
}

/** Index in `own` of the alternative that goes on where the present one stands. */
export function goOnWith(attempt: Attempt, own: readonly Alternative[], usable: (kind: FactorKind) => boolean): number {
  const text = alternativeText(chosenAlternative(attempt) ?? []);
  const same = own.findIndex((one) => alternativeText(one) === text);
  if (same >= 0) return same;
  const passed = (one: Alternative): number => factorsOf(one).filter((kind) => attempt.results.has(kind)).length;
  const most = Math.max(0, ...own.map(passed));
  const candidates = own.filter((one) => passed(one) === most);
  const best = candidates[firstUsable(candidates, usable)];
  return best === undefined ? 0 : own.indexOf(best);
}

/** The attempt with this message, or without any. */
export function withMessage(attempt: Attempt, message: AttemptMessage | undefined): Attempt {
  const { message: _former, ...rest } = attempt;
  return message === undefined ? rest : { ...rest, message };
}

/** A message by telephone or mail may take two minutes; whoever waits for it touches nothing. Design value. */
const CODE_ARRIVES_MS = 150_000;

/** A code was asked for; with a message none is on its way. */
export function codeAsked(attempt: Attempt, event: { readonly message?: unknown; readonly at: number }): Attempt {
  const asked = { ...attempt, lastAt: event.at };
  return event.message === undefined ? { ...asked, waitsUntil: event.at + CODE_ARRIVES_MS } : asked;
}

/** Somebody is at it, or does until `until` what the screen asks of him: then what was said of the last try is over. */
export function touched(attempt: Attempt, { until, at }: { readonly until?: number; readonly at: number }): Attempt {
  if (until === undefined) return { ...attempt, lastAt: at };
  return { ...withMessage(attempt, undefined), lastAt: at, waitsUntil: Math.max(attempt.waitsUntil ?? 0, until) };
}

/**
 * Somebody who walked up to attend and whom the camera only has to see for a moment longer is gone after this time:
 * nobody else is recognised meanwhile. Design value.
 */
const WALKED_ON_MS = 20_000;

/** A face began this punch, and nothing is asked for but to stand there. */
function needsNoHands(attempt: Attempt): boolean {
  const { purpose, identity, chosenByHand } = attempt;
  if (purpose !== 'attend' || chosenByHand || identity.kind !== 'person' || identity.by !== 'face') return false;
  return currentGroup(attempt).every((kind) => kind === 'liveness' || kind === 'pose' || kind === 'face');
}

/** Monotonic ms at which the attempt ends by itself: left alone for too long, or at the end of its life. */
export function deadline(attempt: Attempt, times: { readonly idleMs: number; readonly lifeMs: number }): number {
  const idleMs = needsNoHands(attempt) ? Math.min(times.idleMs, WALKED_ON_MS) : times.idleMs;
  const aloneAt = Math.max(attempt.lastAt + idleMs, attempt.waitsUntil ?? 0);
  return Math.min(aloneAt, attempt.startedAt + times.lifeMs);
}

/** Whose answers are looked at: nobody's for a name that nobody has. */
export function personOf({ identity }: Attempt): string | undefined {
  return identity.kind === 'person' ? identity.personId : undefined;
}

/** Under whom wrong answers are counted. */
export function subjectOf({ identity }: Attempt): string | undefined {
  if (identity.kind === 'none') return undefined;
  return identity.kind === 'person' ? identity.personId : identity.subject;
}
