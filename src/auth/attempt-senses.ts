import type { Attempt, LivenessTarget } from '../domain/attempt.js';
import { isLive, livenessTarget } from '../domain/attempt-live.js';
import { faceTarget, isProven, subjectOf } from '../domain/attempt-steps.js';
import { toError, VestibuleError } from '../domain/errors.js';
import type { FactorKind, FactorResult } from '../domain/factor.js';
import type { LivenessReason } from '../domain/liveness/gate.js';
import { AttemptCamera, type CameraWish } from './attempt-camera.js';
import { AttemptLiveness, type LivenessShown, type LivenessWish } from './attempt-liveness.js';
import type { AttemptsParts } from './attempt-parts.js';
import { isBarred, standingOf } from './attempt-standing.js';
import { isUsable } from './attempt-usable.js';
import type { OpenAttempt } from './open-attempt.js';

/** What the senses ask of the attempts, and tell them. */
export interface SensesDesk<Issued> {
  /** Open and ended ones, newest first. */
  newestFirst(): readonly OpenAttempt<Issued>[];
  onFace(attemptId: string, result: FactorResult, personId?: string): void;
  /** @returns when the attempt has it */
  onLive(attemptId: string, result: FactorResult, target: LivenessTarget): Promise<void>;
}

/**
 * The kiosk's camera as attempts share it: the newest attempt that wants a face has it for the face, the newest one that
 * wants liveness or pose for a run. Both look at the same time.
 */
export class AttemptSenses<Issued> {
  readonly #parts: AttemptsParts<Issued>;
  readonly #desk: SensesDesk<Issued>;
  readonly #camera: AttemptCamera;
  readonly #live: AttemptLiveness;

  constructor(parts: AttemptsParts<Issued>, desk: SensesDesk<Issued>) {
    this.#parts = parts;
    this.#desk = desk;
    this.#camera = new AttemptCamera({
      ...parts,
      wish: () => this.#faceWish(),
      onResult: (id, result, personId) => desk.onFace(id, result, personId),
      onGuidance: (id, code) => {
        const entry = desk.newestFirst().find(({ attempt }) => attempt.id === id);
        if (entry !== undefined) entry.guidance = code;
      },
    });
    this.#live = new AttemptLiveness({
      ...parts,
      wish: () => this.#liveWish(),
      onResult: (id, result, target) => desk.onLive(id, result, target),
      onLeft: (id, result, target) => this.#left(id, result, target),
    });
  }

  /** To be called after every change of an attempt. */
  update(): void {
    this.#camera.update();
    this.#live.update();
  }

  stop(): void {
    this.#camera.stop();
    this.#live.stop();
  }

  /** Whether a factor can work for this attempt now. */
  isUsable(attempt: Attempt, kind: FactorKind): boolean {
    return isUsable(this.#parts, attempt, kind, this.#mayLook(attempt, kind));
  }

  whyNot({ purpose }: Attempt, kind: FactorKind): LivenessReason | undefined {
    const { liveness } = this.#parts;
    return isLive(kind) ? liveness.whyNot(kind, liveness.levelOf(kind, purpose)) : undefined;
  }

  /** The run of liveness or pose that this attempt asks for. */
  live(attemptId: string): LivenessShown | undefined {
    return this.#live.view(attemptId);
  }

  /** @returns ms after which the run is over at the latest; undefined when none is wanted */
  startRun(attemptId: string): number | undefined {
    return this.#live.start(attemptId);
  }

  shown(attemptId: string, id: string): boolean {
    return this.#live.shown(attemptId, id);
  }

  skip(attemptId: string, id: string): boolean {
    return this.#live.skip(attemptId, id);
  }

  /** Counts a challenge that somebody left after its first prompt; not where he was let in or shut out meanwhile. */
  #left(attemptId: string, { kind }: FactorResult, { who }: LivenessTarget): void {
    const entry = this.#desk.newestFirst().find(({ attempt }) => attempt.id === attemptId);
    if (entry === undefined || entry.isRevoked === true || entry.attempt.outcome?.kind === 'granted') return;
    const subject = who.kind === 'person' ? who.personId : subjectOf(entry.attempt);
    const { regulation, onFault } = this.#parts;
    if (subject !== undefined) regulation.failed(subject, kind).catch((error: unknown) => onFault(toError(error)));
  }

  #mayLook(attempt: Attempt, kind: FactorKind): boolean {
    if (kind === 'face') return faceTarget(attempt) === undefined || this.#faceWish()?.attemptId === attempt.id;
    return livenessTarget(attempt) === undefined || this.#liveWish()?.attemptId === attempt.id;
  }

  #faceWish(): CameraWish | undefined {
    for (const { attempt } of this.#desk.newestFirst()) {
      const target = faceTarget(attempt);
      if (target === undefined) continue;
      const barred = standingOf(this.#parts, attempt, 'face').kind !== 'open';
      return { attemptId: attempt.id, target, proven: isProven(attempt), barred };
    }
    return undefined;
  }

  #liveWish(): LivenessWish | undefined {
    for (const { attempt } of this.#desk.newestFirst()) {
      const target = livenessTarget(attempt);
      if (target === undefined) continue;
      const level = this.#parts.liveness.levelOf(target.factor, attempt.purpose);
      const barred = isBarred(this.#parts, attempt);
      return { attemptId: attempt.id, target, level, proven: isProven(attempt), barred };
    }
    return undefined;
  }
}

/** False when the attempt is over. @throws VestibuleError `input_invalid` when no run of liveness or pose is asked for */
export function asksForRun(attempt: Attempt): boolean {
  if (attempt.outcome !== undefined) return false;
  if (livenessTarget(attempt) === undefined)
    throw new VestibuleError('input_invalid', 'This is not asked for now. Look at the attempt again.');
  return true;
}
