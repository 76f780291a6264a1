import { dot, meanUnit } from '../vector.js';
import type { FaceAngle } from './face-angle.js';
import type { GateResult, LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';
import type { LivenessOrder } from './run-order.js';

/**
 * Embeddings of turned, raised or lowered faces are less like those of frontal ones and are not compared. In a live clip
 * with such movements the others are like its beginning by 0.70 at least with the pack open (1:1 threshold 0.43), by 0.95
 * with core (0.94); those that are left out by 0.43 and 0.92. Degrees; pitch only where a mesh says it.
 */
const MOST_YAW_DEGREES = 15;
const MOST_PITCH_DEGREES = 20;
/** Embeddings that make the identity that a run begins with. */
const IDENTITY_EMBEDDINGS = 2;
/** Embeddings of the identity at most: the first ones, so that nobody changes it little by little. */
const MOST_IDENTITY = 30;

/**
 * Was it the same face all the time, and the one that is named (docs/liveness.md)? The identity is what the frames
 * before the first prompt showed (at level passive the first scored ones). Every later embedding has to be like it, and
 * inside every action there has to be one.
 */
export class Binding {
  readonly #sameFace: number;
  readonly #reference: LivenessOrder['reference'];
  #identity: readonly Float32Array[] = [];
  #mean: Float32Array | undefined;
  #actions = new Map<string, readonly Float32Array[]>();
  #compared = 0;
  #least = Number.POSITIVE_INFINITY;
  #failure: Extract<LivenessReason, 'other_face' | 'track_lost'> | undefined;
  #broken = false;
  #firstAt: number | undefined;
  #lastAt = 0;
  #restarts = 0;

  constructor(order: Pick<LivenessOrder, 'sameFace' | 'reference'>) {
    this.#sameFace = order.sameFace;
    this.#reference = order.reference;
  }

  get failure(): Extract<LivenessReason, 'other_face' | 'track_lost'> | undefined {
    return this.#failure;
  }

  /** The identity is known: enough of the face was measured. */
  get ready(): boolean {
    return this.#identity.length >= IDENTITY_EMBEDDINGS;
  }

  /**
   * @param action id of the prompt that is on the screen; absent before, between and after them
   * @param begun the challenge has begun: what comes now is compared and no longer makes the identity
   */
  see(frame: MeasuredFrame, angle: FaceAngle, options: { readonly action?: string; readonly begun: boolean }): void {
    const embedding = frame.face?.embedding;
    if (embedding === undefined || this.#failure !== undefined) return;
    if (!(Math.abs(angle.yawDegrees) <= MOST_YAW_DEGREES && Math.abs(angle.pitchDegrees ?? 0) <= MOST_PITCH_DEGREES))
      return;
    if (!(Math.abs(dot(embedding, embedding) - 1) < 0.01)) {
      this.#broken = true;
      return;
    }
    this.#firstAt ??= frame.at;
    this.#lastAt = frame.at;
    this.#compare(embedding);
    if (!options.begun && this.#identity.length < MOST_IDENTITY) {
      this.#identity = [...this.#identity, embedding];
      this.#mean = meanUnit(this.#identity);
    }
    const { action } = options;
    if (action !== undefined) this.#actions.set(action, [...(this.#actions.get(action) ?? []), embedding]);
  }

  /**
   * The face that was followed is gone. Before the challenge the next one may be the same person's, and is compared with
   * the identity as it is; after its beginning there is no next one.
   */
  lost(reason: Extract<LivenessReason, 'other_face' | 'track_lost'>, begun: boolean): void {
    this.#restarts++;
    if (begun || reason === 'other_face' || this.#restarts > MOST_RESTARTS) this.#failure ??= reason;
  }

  /** An action that was skipped is not asked. */
  forget(action: string): void {
    this.#actions.delete(action);
  }

  /** @param actions ids of the prompts that were verified: inside each there has to be an embedding */
  result(actions: readonly string[]): GateResult {
    const reference = this.#reference;
    const own = this.#mean && reference && likeness(this.#mean, reference.vector);
    const inside = actions.map((id) => meanUnit(this.#actions.get(id) ?? []));
    const insideReference =
      reference && inside.map((mean) => (mean === undefined ? Number.NaN : likeness(mean, reference.vector)));
    const leastInside = insideReference && insideReference.length > 0 ? Math.min(...insideReference) : undefined;
    const say = (state: GateResult['state'], reason: LivenessReason): GateResult => ({
      gate: 'binding',
      state,
      reason,
      ...(Number.isFinite(this.#least) && { score: this.#least }),
      threshold: this.#sameFace,
      frames: this.#compared + Math.min(1, this.#identity.length),
      spanMs: this.#firstAt === undefined ? 0 : this.#lastAt - this.#firstAt,
      facts: {
        identity: this.#identity.length,
        tracks: this.#restarts + 1,
        ...(own !== undefined && Number.isFinite(own) && { reference: own }),
        ...(leastInside !== undefined && Number.isFinite(leastInside) && { referenceInActions: leastInside }),
        ...(reference && { referenceThreshold: reference.threshold }),
      },
    });
    if (this.#failure !== undefined) return say('failed', this.#failure);
    // A threshold of 0 would take everybody for the same person, one above 1 nobody: the pack has no figure.
    if (!(this.#sameFace > 0 && this.#sameFace <= 1) || this.#broken) return say('unavailable', 'fault');
    if (this.#identity.length === 0) return say('unavailable', 'not_measured');
    if (!this.ready || inside.some((mean) => mean === undefined)) return say('unavailable', 'too_few_frames');
    if (reference === undefined) return say('passed', 'ok');
    if (!(reference.threshold > 0) || own === undefined || Number.isNaN(own)) return say('unavailable', 'fault');
    const like = own >= reference.threshold && (leastInside === undefined || leastInside >= reference.threshold);
    return like ? say('passed', 'ok') : say('failed', 'other_face');
  }

  #compare(embedding: Float32Array): void {
    if (this.#mean === undefined) return;
    const like = likeness(this.#mean, embedding);
    this.#compared++;
    this.#least = Math.min(this.#least, like);
    if (!(like >= this.#sameFace)) this.#failure = 'other_face';
  }
}

/** A face may be lost so often before the challenge begins: the detector misses one now and then. */
const MOST_RESTARTS = 2;

/** Cosine of two unit vectors; not a number where they are of different lengths. */
function likeness(a: Float32Array, b: Float32Array): number {
  return a.length === b.length ? dot(a, b) : Number.NaN;
}
