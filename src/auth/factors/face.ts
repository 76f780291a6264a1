import type { FactorResult } from '../../domain/factor.js';
import type { GuidanceCode } from '../../domain/guidance.js';
import type { MatchVerdict } from '../../domain/match.js';
import type { VisionResult } from '../../domain/observation.js';
import type { Reason } from '../../domain/reason.js';
import { NOBODY, type RecognitionInput, type RecognitionState, recognise } from '../../domain/recognition.js';
import { trackGapMs } from '../../domain/track.js';
import { hasConsent } from '../../people/consent.js';
import type { Clock } from '../../ports/clock.js';
import type { Vision, VisionStatus } from '../../ports/vision.js';
import type { Identification } from '../identification.js';
import { Lateness } from '../lateness.js';
import { type FaceReference, type FaceReferenceParts, faceReferenceOf, verifyFace } from './face-reference.js';

export interface FaceFactorParts extends FaceReferenceParts {
  readonly vision: Vision;
  readonly clock: Pick<Clock, 'mono' | 'after'>;
  /** The search among all, shared with the attend flow. */
  readonly identification: Identification;
  /** Time between two frames of this camera, ms. */
  readonly frameIntervalMs?: number;
}

export interface FaceWatchRequest {
  /** Person who is named (1:1); absent: whoever stands there (1:N). An id that nobody has matches no face. */
  readonly personId?: string;
  /**
   * Called once, never from inside `watch`; the watch is over then. Watch again to let the person try again.
   * @param personId who it is; only with a result that passed
   */
  onResult(result: FactorResult, personId?: string): void;
  /** The hint changed; without a code there is none. */
  onGuidance(code?: GuidanceCode): void;
}

interface Watching {
  readonly request: FaceWatchRequest;
  /** Pictures taken up to this time do not count, monotonic ms. */
  readonly since: number;
  state: RecognitionState;
  /** Verdicts of the newest usable pictures. */
  votes: readonly MatchVerdict[];
  /** How long a good face was compared in vain, ms, and when last. */
  goodMs: number;
  goodAt: number | undefined;
  cancelSilence: () => void;
}

/**
 * The face as a factor of an attempt, from the kiosk's own camera: the same tracks and consensus as for attendance, so
 * two people at once never pass and every frame of the consensus has to match. One watch at a time, the newest one.
 */
export class FaceFactor {
  readonly #parts: FaceFactorParts;
  readonly #gapMs: number;
  readonly #lateness = new Lateness();
  #watching: Watching | undefined;
  #listening = false;

  constructor(parts: FaceFactorParts) {
    this.#parts = parts;
    this.#gapMs = trackGapMs(parts.frameIntervalMs ?? 0);
  }

  /** Whether the camera sees and faces can be measured at all, whoever is meant: gives nothing away about a person. */
  ready(): boolean {
    return sees(this.#parts.vision.status()) && this.#lateness.reason === undefined;
  }

  /**
   * Whether a watch could pass now.
   * @param personId as in `watch`. An id that nobody has counts as available, like a person whose face never matches.
   */
  available(personId: string | undefined): boolean {
    if (!this.ready()) return false;
    if (personId === undefined) return this.#parts.identification.status().identification === 'ready';
    return this.#reference(personId).kind !== 'unavailable';
  }

  /**
   * Watches for a face until one passes (the newest `consensusFrames` usable frames all match), fails (a good face was
   * compared for `refuseAfterMs` in all in vain) or becomes unavailable. Bad pictures only lead to hints: time limits are the
   * attempt's. The former watch hears nothing any more.
   */
  watch(request: FaceWatchRequest): { stop(): void } {
    this.stop();
    this.#listen();
    const watching: Watching = {
      request,
      since: this.#parts.clock.mono(),
      state: NOBODY,
      votes: [],
      goodMs: 0,
      goodAt: undefined,
      cancelSilence: () => {},
    };
    this.#watching = watching;
    if (request.personId === undefined) this.#parts.identification.invalidate();
    if (!this.available(request.personId))
      queueMicrotask(() => {
        if (this.#watching === watching) this.#finish(watching, 'factor_unavailable');
      });
    return {
      stop: () => {
        if (this.#watching === watching) this.stop();
      },
    };
  }

  /** Ends the watch without a result. */
  stop(): void {
    this.#watching?.cancelSilence();
    this.#watching = undefined;
  }

  #listen(): void {
    // The port has no way to end a subscription: one for the life of the factor.
    if (this.#listening) return;
    this.#listening = true;
    this.#parts.vision.onResult((result) => this.#seen(result));
    this.#parts.vision.onStatus((status) => {
      if (this.#watching !== undefined && !sees(status)) this.#finish(this.#watching, 'factor_unavailable');
    });
  }

  #seen(result: VisionResult): void {
    const now = this.#parts.clock.mono();
    const late = this.#lateness.note(now - result.capturedAt);
    const watching = this.#watching;
    if (watching === undefined) return;
    if (late) this.#finish(watching, 'factor_unavailable');
    else if (result.capturedAt > watching.since) this.#look(watching, result, now);
  }

  #look(watching: Watching, result: VisionResult, now: number): void {
    const comparedBefore = watching.goodAt;
    this.#step(watching, { kind: 'result', result, now });
    if (this.#watching !== watching) return;
    if (watching.state.lastCapturedAt === result.capturedAt && watching.goodAt === comparedBefore)
      // Not comparable: the time in which somebody looks away or two people stand there is not held against anybody.
      watching.goodAt = undefined;
    if (watching.goodMs >= this.#parts.config.recognition.refuseAfterMs) {
      this.#finish(watching, failure(watching.votes), bestScore(watching.votes));
      return;
    }
    watching.cancelSilence();
    watching.cancelSilence = this.#parts.clock.after(this.#gapMs + 1, () => {
      watching.goodAt = undefined;
      this.#step(watching, { kind: 'tick', now: this.#parts.clock.mono() });
    });
  }

  #step(watching: Watching, input: RecognitionInput): void {
    const { identification, config } = this.#parts;
    const { consensusFrames } = config.recognition;
    const { state, effects } = recognise(watching.state, input, {
      consensusFrames,
      // Only the time of good pictures counts here, see `#compare`.
      refuseAfterMs: Number.POSITIVE_INFINITY,
      gapMs: this.#gapMs,
      sameFace: identification.sameFace(),
      match: (embedding) =>
        this.#compare(watching, embedding, input.kind === 'result' ? input.result.capturedAt : input.now),
    });
    watching.state = state;
    for (const effect of effects) {
      if (this.#watching !== watching) return;
      if (effect.kind === 'guide') watching.request.onGuidance(effect.code);
      else if (effect.kind === 'refused') this.#finish(watching, effect.reason, effect.score);
      else this.#found(watching, effect.personId, effect.score);
    }
  }

  #compare(watching: Watching, embedding: Float32Array, at: number): MatchVerdict {
    const { personId } = watching.request;
    const verdict =
      personId === undefined
        ? this.#parts.identification.match(embedding)
        : verifyFace(this.#reference(personId), embedding);
    watching.votes = [...watching.votes, verdict].slice(-this.#parts.config.recognition.consensusFrames);
    if (watching.goodAt !== undefined) watching.goodMs += Math.min(at - watching.goodAt, this.#gapMs);
    watching.goodAt = at;
    return verdict;
  }

  /** The face is that of this person; whether he may use it is asked at this moment. */
  #found(watching: Watching, personId: string, score: number): void {
    const { people, consentTextVersion } = this.#parts;
    const person = people.find(personId);
    if (person === undefined || !person.active) this.#finish(watching, 'not_permitted', score);
    else if (!hasConsent(person, consentTextVersion)) this.#finish(watching, 'consent_missing', score);
    else this.#finish(watching, 'ok', score, personId);
  }

  #finish(watching: Watching, reason: Reason, score?: number, personId?: string): void {
    const result = this.#result(watching.request.personId, reason, score);
    this.stop();
    if (personId === undefined) watching.request.onResult(result);
    else watching.request.onResult(result, personId);
  }

  #result(named: string | undefined, reason: Reason, score: number | undefined): FactorResult {
    const at = this.#parts.clock.mono();
    if (named === undefined) return this.#parts.identification.factor(reason, at, score);
    const reference = this.#reference(named);
    const pack = this.#parts.vision.status().pack;
    // Why it cannot be compared says more than that it cannot.
    const why = reason === 'factor_unavailable' && reference.kind === 'unavailable' ? reference.reason : reason;
    return {
      kind: 'face',
      outcome: reason === 'ok' ? 'passed' : reason === 'factor_unavailable' ? 'unavailable' : 'failed',
      reason: why,
      ...(score !== undefined && { score }),
      ...(reference.kind === 'ready' && { threshold: reference.threshold, fmr: reference.fmr }),
      mode: '1:1',
      gallery: 1,
      ...(pack && { model: pack.hash.slice(0, 'sha256:'.length + 16) }),
      at,
    };
  }

  #reference(personId: string): FaceReference {
    return faceReferenceOf(personId, this.#parts.vision.status().pack, this.#parts);
  }
}

function sees({ process, camera, pack }: VisionStatus): boolean {
  return process === 'running' && camera === 'running' && pack !== undefined;
}

function failure(votes: readonly MatchVerdict[]): Reason {
  const ambiguous = votes.filter((vote) => vote.kind === 'ambiguous_match').length;
  return ambiguous * 2 > votes.length ? 'ambiguous_match' : 'no_match';
}

function bestScore(votes: readonly MatchVerdict[]): number | undefined {
  const scores = votes.flatMap((vote) => ('score' in vote && vote.score !== undefined ? [vote.score] : []));
  return scores.length === 0 ? undefined : Math.max(...scores);
}
