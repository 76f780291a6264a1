import { type ChallengeAction, needsBody } from './action.js';
import type { ActionProgress, ActionWatch, Neutral } from './action-progress.js';
import type { ActionEvidence } from './evidence.js';
import type { LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';

/** A movement that begins earlier was not made for this prompt: nobody reads a picture so fast. */
const ONSET_FROM_MS = 250;
/** … and one that begins later comes too late: time enough to look for a fitting recording. */
const ONSET_UNTIL_MS = 2_500;
/** From its beginning on, a movement has to be verified in this time (design value). */
const VERIFIED_WITHIN_MS = 3_000;
/** The page has to have the prompt on the screen in this time, or it is gone. */
export const SHOWN_WITHIN_MS = 2_000;
/** A frame may still be on its way for so long when a time is over. */
export const FRAMES_LATE_MS = 700;

/** `undefined` while it goes on. */
export type PromptEnd =
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed' | 'unavailable'; readonly reason: LivenessReason };

/**
 * One prompt from the moment it was chosen. Its times run from when the page had it on the screen, and a movement counts
 * by when the frame was taken, not by when it arrives. The beginning of a movement lies between the last frame that
 * shows the person at rest and the first that does not: both have to be inside the time allowed, so frames that are
 * missing never make a beginning look later or earlier than it was.
 */
export class Prompt {
  readonly id: string;
  readonly action: ChallengeAction;
  /** The person at rest, just before. */
  readonly neutral: Neutral;
  readonly #issuedAt: number;
  readonly #watch: ActionWatch;
  readonly #depth: ActionWatch | undefined;
  #shownAt: number | undefined;
  #restedAt: number | undefined;
  #onsetAt: number | undefined;
  #verifiedAt: number | undefined;
  #progress: ActionProgress | undefined;
  #flat = false;
  #end: PromptEnd | undefined;

  /** @param watch makes what looks for an action; a turn is looked for besides, to tell a flat picture by */
  constructor(options: {
    readonly id: string;
    readonly action: ChallengeAction;
    readonly at: number;
    readonly neutral: Neutral;
    readonly watch: (action: ChallengeAction, neutral: Neutral) => ActionWatch;
  }) {
    this.id = options.id;
    this.action = options.action;
    this.neutral = options.neutral;
    this.#issuedAt = options.at;
    this.#watch = options.watch(options.action, options.neutral);
    this.#depth = needsBody(options.action) ? undefined : options.watch('turn_left', options.neutral);
  }

  get end(): PromptEnd | undefined {
    return this.#end;
  }

  get isShown(): boolean {
    return this.#shownAt !== undefined;
  }

  get moving(): boolean {
    return this.#onsetAt !== undefined;
  }

  get progress(): ActionProgress | undefined {
    return this.#progress;
  }

  /** Ms until this prompt fails by itself. */
  remainingMs(at: number): number {
    return Math.max(0, this.#deadline() - at);
  }

  shown(at: number): void {
    if (this.#shownAt === undefined && Number.isFinite(at)) this.#shownAt = Math.max(at, this.#issuedAt);
  }

  see(frame: MeasuredFrame): void {
    if (this.#end !== undefined || !(frame.at > this.#issuedAt)) return;
    const early = this.#shownAt === undefined || frame.at < this.#shownAt + ONSET_FROM_MS;
    // Eyes blink unasked: one that comes early is nobody's answer, and no fault either.
    if (early && this.action === 'blink') return;
    const progress = this.#watch.see(frame);
    this.#progress = progress;
    if (progress.state === 'waiting') this.#flat ||= this.#depth?.see(frame).flat === true;
    this.#flat ||= progress.flat;
    if (progress.state === 'waiting') {
      if (this.#onsetAt === undefined) this.#rests(frame, early);
      return;
    }
    if (this.#onsetAt === undefined && !this.#begins(frame)) return;
    if (progress.state === 'wrong') this.#fail('wrong_action');
    else if (frame.at > this.#deadline()) this.#fail(this.#flat ? 'flat_picture' : 'out_of_time');
    else if (progress.state === 'done') {
      this.#verifiedAt = frame.at;
      this.#end = { outcome: 'passed' };
    }
  }

  tick(at: number): void {
    if (this.#end !== undefined) return;
    if (this.#shownAt === undefined) {
      if (at > this.#issuedAt + SHOWN_WITHIN_MS) this.#end = { outcome: 'unavailable', reason: 'page_gone' };
    } else if (at > this.#deadline() + FRAMES_LATE_MS) this.#timeOver();
  }

  evidence(beganAt: number, skipped: boolean): ActionEvidence {
    const since = (at: number | undefined): number | undefined =>
      at === undefined || this.#shownAt === undefined ? undefined : Math.round(at - this.#shownAt);
    const onsetMs = since(this.#onsetAt);
    const verifiedMs = since(this.#verifiedAt);
    const passed = this.#end?.outcome === 'passed';
    const reason = this.#end === undefined ? 'out_of_time' : this.#end.outcome === 'passed' ? 'ok' : this.#end.reason;
    return {
      action: this.action,
      outcome: skipped ? 'skipped' : passed ? 'passed' : 'failed',
      reason: skipped ? 'ok' : reason,
      ...(this.#shownAt !== undefined && { shownMs: Math.round(this.#shownAt - beganAt) }),
      ...(onsetMs !== undefined && { onsetMs }),
      ...(verifiedMs !== undefined && { verifiedMs }),
      ...(this.#progress && { frames: this.#progress.frames }),
      measures: finiteOnly(this.#progress?.measures ?? {}),
    };
  }

  /** When the time of what is awaited now is over. */
  #deadline(): number {
    if (this.#shownAt === undefined) return this.#issuedAt + SHOWN_WITHIN_MS;
    return this.#onsetAt === undefined ? this.#shownAt + ONSET_UNTIL_MS : this.#onsetAt + VERIFIED_WITHIN_MS;
  }

  #rests(frame: MeasuredFrame, early: boolean): void {
    const measured = needsBody(this.action) ? frame.body !== undefined : frame.face?.mesh !== undefined;
    if (measured && !early) this.#restedAt = frame.at;
    if (this.#shownAt !== undefined && frame.at > this.#deadline()) this.#timeOver();
  }

  /** The first frame that shows a movement. False where it ends the prompt. */
  #begins(frame: MeasuredFrame): boolean {
    const late = this.#shownAt !== undefined && frame.at > this.#deadline();
    this.#onsetAt = frame.at;
    if (this.#shownAt === undefined || this.#restedAt === undefined) return this.#fail('too_early');
    return late ? this.#fail('too_late') : true;
  }

  #timeOver(): void {
    if (this.#flat) this.#fail('flat_picture');
    else this.#fail(this.#onsetAt === undefined ? 'no_movement' : 'out_of_time');
  }

  #fail(reason: LivenessReason): false {
    this.#end = { outcome: 'failed', reason };
    return false;
  }
}

function finiteOnly(measures: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => Number.isFinite(value)));
}
