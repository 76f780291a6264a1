import { correctionFor, type GuidanceState, isNear, LIMITS, steadyGuidance } from './face-guidance.js';
import type { GuidanceCode } from './guidance.js';
import type { MatchVerdict } from './match.js';
import type { VisionResult } from './observation.js';
import type { Reason } from './reason.js';
import { follow, NO_TRACKS, TRACK_GAP_MS, type Track, type TrackerState } from './track.js';

/** Results older than this are of a scene that is over. */
export const STALE_AFTER_MS = 1000;
/** Somebody recognised and unseen for less than this has not left: no second punch on a broken track. */
export const LEFT_AFTER_MS = 3000;
/** Frames in a row with two or more people before the page says so. */
const CROWD_FRAMES = 3;

/** What is known about one track. */
interface Visit {
  readonly startedAt: number;
  /** Usable frames since the visit began. */
  readonly usable: number;
  /** Verdicts of the newest usable frames, at most `consensusFrames`. */
  readonly votes: readonly MatchVerdict[];
  readonly decided?: { readonly outcome: 'granted' | 'denied'; readonly personId?: string };
}

export interface RecognitionState {
  readonly tracker: TrackerState;
  readonly visits: ReadonlyMap<number, Visit>;
  readonly guidance: GuidanceState;
  readonly crowdFrames: number;
  /** Persons recognised during this presence and when they were last in view. */
  readonly present: ReadonlyMap<string, number>;
  /** Of `present`: persons who came another way (PIN, badge, login) and were not recognised yet, see {@link carryOver}. */
  readonly carried: ReadonlySet<string>;
  readonly lastSeq: number;
  readonly lastCapturedAt: number;
}

export const NOBODY: RecognitionState = {
  tracker: NO_TRACKS,
  visits: new Map(),
  guidance: {},
  crowdFrames: 0,
  present: new Map(),
  carried: new Set(),
  lastSeq: 0,
  lastCapturedAt: Number.NEGATIVE_INFINITY,
};

export interface RecognitionRules {
  /** Frames in a row of one track that must name the same person. */
  readonly consensusFrames: number;
  readonly refuseAfterMs: number;
  /** A face unseen for longer begins a new track; {@link TRACK_GAP_MS} when absent. */
  readonly gapMs?: number;
  /** Least cosine between two frames of one face. */
  readonly sameFace: number;
  /** Compares one embedding with the gallery; pure. */
  match(embedding: Float32Array): MatchVerdict;
}

export type RecognitionInput =
  | { readonly kind: 'result'; readonly result: VisionResult; readonly now: number }
  /** Time passed without a result. */
  | { readonly kind: 'tick'; readonly now: number };

export type RecognitionEffect =
  /** The hint changed; without a code there is none. */
  | { readonly kind: 'guide'; readonly code?: GuidanceCode }
  | { readonly kind: 'identified'; readonly trackId: number; readonly personId: string; readonly score: number }
  | { readonly kind: 'refused'; readonly trackId: number; readonly reason: Reason; readonly score?: number };

export interface RecognitionStep {
  readonly state: RecognitionState;
  readonly effects: readonly RecognitionEffect[];
}

/** The next state and what has to be done. Changes nothing else; the same inputs always give the same steps. */
export function recognise(state: RecognitionState, input: RecognitionInput, rules: RecognitionRules): RecognitionStep {
  return input.kind === 'tick' ? afterSilence(state, input.now, rules) : afterResult(state, input, rules);
}

function afterSilence(state: RecognitionState, now: number, rules: RecognitionRules): RecognitionStep {
  if (now - state.lastCapturedAt <= (rules.gapMs ?? TRACK_GAP_MS)) return { state, effects: [] };
  const next = { ...state, tracker: { ...state.tracker, tracks: [] }, visits: new Map(), guidance: {}, crowdFrames: 0 };
  return { state: next, effects: state.guidance.shown === undefined ? [] : [{ kind: 'guide' }] };
}

function afterResult(
  before: RecognitionState,
  { result, now }: { readonly result: VisionResult; readonly now: number },
  rules: RecognitionRules,
): RecognitionStep {
  if (now - result.capturedAt > STALE_AFTER_MS || result.capturedAt <= before.lastCapturedAt)
    return { state: before, effects: [] };
  // A camera that was opened again counts from 1; within one run an older number is an older picture.
  const gapMs = rules.gapMs ?? TRACK_GAP_MS;
  const newRun = result.seq <= before.lastSeq && result.capturedAt - before.lastCapturedAt > gapMs;
  if (result.seq <= before.lastSeq && !newRun) return { state: before, effects: [] };

  const at = result.capturedAt;
  const tracker = follow(newRun ? { ...before.tracker, tracks: [] } : before.tracker, result, rules.sameFace, gapMs);
  const visits = new Map<number, Visit>();
  for (const track of tracker.tracks) {
    const visit = before.visits.get(track.id);
    if (visit !== undefined) visits.set(track.id, visit);
  }
  const inView = tracker.tracks.filter((track) => track.lastSeenAt === at);
  const near = inView.filter((track) => isNear(track.face));
  const present = new Map([...before.present].filter(([, seenAt]) => at - seenAt <= LEFT_AFTER_MS));
  for (const track of inView) {
    const personId = visits.get(track.id)?.decided?.personId;
    if (personId !== undefined) present.set(personId, at);
  }
  const carried = new Set([...before.carried].filter((id) => present.has(id)));
  // Whoever stands near and is not known to be somebody else is taken for the one who was here before.
  if (near.some((track) => visits.get(track.id)?.decided?.personId === undefined))
    for (const id of carried) present.set(id, at);
  const crowdFrames = near.length >= 2 ? before.crowdFrames + 1 : 0;
  const base = { ...before, tracker, visits, present, carried, crowdFrames, lastSeq: result.seq, lastCapturedAt: at };

  if (near.length >= 2) {
    // Whatever was gathered before the second person came does not count.
    for (const track of tracker.tracks) {
      if (visits.get(track.id)?.decided === undefined) visits.set(track.id, beginVisit(at));
    }
    return withGuidance(base, crowdFrames >= CROWD_FRAMES ? 'one_at_a_time' : before.guidance.shown, at, []);
  }
  const main = near[0];
  if (main === undefined) return withGuidance(base, hintWithoutPerson(base, inView), at, []);
  return judge(base, main, at, rules);
}

function judge(base: RecognitionState, main: Track, at: number, rules: RecognitionRules): RecognitionStep {
  const visits = base.visits as Map<number, Visit>;
  const present = base.present as Map<string, number>;
  const carried = base.carried as Set<string>;
  const before = visits.get(main.id) ?? beginVisit(at);
  // One person after the other: what was gathered about somebody who is not the one here now does not count.
  for (const [trackId, visit] of visits) {
    if (trackId !== main.id && visit.decided === undefined) visits.delete(trackId);
  }
  if (before.decided !== undefined) return withGuidance(base, undefined, at, []);

  const correction = correctionFor(main.face, base.guidance.shown);
  const embedding = main.face.embedding;
  let visit = before;
  if (correctionFor(main.face) === undefined && embedding !== undefined) {
    const votes = [...before.votes, rules.match(embedding)].slice(-rules.consensusFrames);
    visit = { ...before, usable: before.usable + 1, votes };
  }
  const effects: RecognitionEffect[] = [];
  const agreed = consensus(visit.votes, rules.consensusFrames);
  if (agreed?.kind === 'match') {
    visit = { ...visit, decided: { outcome: 'granted', personId: agreed.personId } };
    // Somebody whose track broke while he stood here has had his decision.
    if (!present.has(agreed.personId))
      effects.push({ kind: 'identified', trackId: main.id, personId: agreed.personId, score: agreed.score });
    present.set(agreed.personId, at);
    carried.delete(agreed.personId);
  } else if (agreed?.kind === 'unavailable') {
    visit = { ...visit, decided: { outcome: 'denied' } };
    if (carried.size === 0) effects.push({ kind: 'refused', trackId: main.id, reason: 'factor_unavailable' });
  } else if (at - visit.startedAt >= rules.refuseAfterMs) {
    visit = { ...visit, decided: { outcome: 'denied' } };
    // Somebody who came by another way and has no template must not be refused for standing there.
    if (carried.size === 0) effects.push({ kind: 'refused', trackId: main.id, ...refusal(visit, rules) });
  }
  visits.set(main.id, visit);
  const hint = visit.decided === undefined && carried.size === 0 ? (correction ?? 'hold_still') : undefined;
  return withGuidance(base, hint, at, effects);
}

/** All of the newest `frames` votes agree: one person with the lowest score of them, or that nobody may be searched. */
function consensus(votes: readonly MatchVerdict[], frames: number): MatchVerdict | undefined {
  const first = votes[0];
  if (first === undefined || votes.length < frames) return undefined;
  if (first.kind === 'unavailable') return votes.every((vote) => vote.kind === 'unavailable') ? first : undefined;
  if (first.kind !== 'match') return undefined;
  let lowest = first;
  for (const vote of votes) {
    if (vote.kind !== 'match' || vote.personId !== first.personId) return undefined;
    if (vote.score < lowest.score) lowest = vote;
  }
  return lowest;
}

function refusal(visit: Visit, rules: RecognitionRules): { reason: Reason; score?: number } {
  if (visit.usable < rules.consensusFrames) return { reason: 'low_quality' };
  const scores = visit.votes.flatMap((vote) => ('score' in vote && vote.score !== undefined ? [vote.score] : []));
  const score = scores.length === 0 ? {} : { score: Math.max(...scores) };
  const ambiguous = visit.votes.filter((vote) => vote.kind === 'ambiguous_match').length;
  return { reason: ambiguous * 2 > visit.votes.length ? 'ambiguous_match' : 'no_match', ...score };
}

function hintWithoutPerson(base: RecognitionState, inView: readonly Track[]): GuidanceCode | undefined {
  if (base.carried.size > 0) return undefined;
  if (inView.some((track) => base.visits.get(track.id)?.decided !== undefined)) return undefined;
  if (inView.some((track) => track.face.quality.faceHeightRatio >= LIMITS.approaching)) return 'too_far';
  const waiting = [...base.visits.values()].some((visit) => visit.decided === undefined);
  return waiting ? 'no_face' : undefined;
}

function withGuidance(
  base: RecognitionState,
  wanted: GuidanceCode | undefined,
  at: number,
  effects: readonly RecognitionEffect[],
): RecognitionStep {
  // After a decision the hint goes at once; otherwise it is steadied.
  const guidance = effects.length > 0 ? {} : steadyGuidance(base.guidance, wanted, at);
  const changed = guidance.shown !== base.guidance.shown;
  const guide: RecognitionEffect[] = changed
    ? [guidance.shown === undefined ? { kind: 'guide' } : { kind: 'guide', code: guidance.shown }]
    : [];
  return { state: { ...base, guidance }, effects: [...guide, ...effects] };
}

function beginVisit(at: number): Visit {
  return { startedAt: at, usable: 0, votes: [] };
}

/** How the overlay draws a track: the person once decided, never before. */
export function standingOf(
  state: RecognitionState,
  trackId: number,
): { readonly outcome: 'granted' | 'denied'; readonly personId?: string } | undefined {
  return state.visits.get(trackId)?.decided;
}

/** The person was recognised and is in the newest picture. */
export function isInView(state: RecognitionState, personId: string): boolean {
  return state.present.get(personId) === state.lastCapturedAt;
}

/** The person counts as never recognised in this presence, so that he is recognised anew when he comes back. */
export function forgetPresence(state: RecognitionState, personId: string): RecognitionState {
  const present = new Map([...state.present].filter(([id]) => id !== personId));
  const carried = new Set([...state.carried].filter((id) => id !== personId));
  const visits = new Map([...state.visits].filter(([, visit]) => visit.decided?.personId !== personId));
  return { ...state, present, carried, visits };
}

/**
 * These persons are here already by another way than by being recognised: they are identified again only after they
 * have left (unseen for {@link LEFT_AFTER_MS}), and meanwhile an unknown near face is taken for one of them.
 * @param now monotonic ms
 */
export function carryOver(state: RecognitionState, personIds: readonly string[], now: number): RecognitionState {
  const present = new Map(state.present);
  for (const id of personIds) present.set(id, now);
  return { ...state, present, carried: new Set([...state.carried, ...personIds]) };
}

/**
 * Somebody else stands at the kiosk now than the person who was recognised: a press of a button is not that
 * person's. True once one visit in view has as many usable frames as a consensus needs and none is of the person, who
 * is not in view himself (the last one may still be stepping back behind him).
 */
export function standsSomebodyElse(state: RecognitionState, personId: string, consensusFrames: number): boolean {
  if (isInView(state, personId)) return false;
  return state.tracker.tracks.some((track) => {
    const visit = state.visits.get(track.id);
    if (track.lastSeenAt !== state.lastCapturedAt || visit === undefined) return false;
    if (visit.decided?.personId !== undefined) return visit.decided.personId !== personId;
    return (
      visit.votes.length >= consensusFrames &&
      !visit.votes.some((vote) => vote.kind === 'match' && vote.personId === personId)
    );
  });
}
