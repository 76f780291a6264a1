import { type BodyNeed, bodyNeed, type ChallengeAction, needsBody } from './action.js';
import type { ActionWatch, Neutral } from './action-progress.js';
import { watchAction } from './action-watch.js';
import { measurableActions } from './challenge-draw.js';
import { ChallengePlan } from './challenge-plan.js';
import type { ActionEvidence } from './evidence.js';
import type { GateResult, LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';
import { Prompt } from './prompt.js';
import { restingIn } from './resting.js';
import type { LivenessHint, LivenessOrder, LivenessView } from './run-order.js';

/** Between two prompts lies a random time from … to, ms: no recording knows when the next one comes. */
export const GAP_FROM_MS = 300;
export const GAP_UNTIL_MS = 1_000;
/** Actions that a person may change for another one. */
export const MOST_SKIPS = 2;
/** Whoever rests for so long without the asked arm or the shoulders in the picture stands too near, ms (design value). */
const BODY_UNSEEN_MS = 1_500;
/** Frames of a gap that are kept; only the newest are looked at. */
const GAP_FRAMES = 40;

/** The time between two prompts. */
interface Gap {
  readonly since: number;
  readonly lengthMs: number;
  /** What was done before, and the rest that it began from, until the person is back there. */
  returning?: { readonly action: ChallengeAction; readonly neutral: Neutral };
  readonly frames: MeasuredFrame[];
}

export interface ChallengeParts {
  readonly order: Pick<LivenessOrder, 'id' | 'actions' | 'networks' | 'pick' | 'mirrored'>;
  /** What looks for an action. */
  readonly watch?: (action: ChallengeAction, neutral: Neutral) => ActionWatch;
  /** The person at rest in the newest frames. */
  readonly resting?: (frames: readonly MeasuredFrame[], body: BodyNeed) => Neutral | undefined;
}

/**
 * The random challenge (docs/liveness.md): three actions that nobody knows before, one after the other, each after a
 * random pause in which the person rests. The first wrong thing ends it. Time comes in; everything random comes from
 * `pick`.
 */
export class Challenge {
  readonly #order: ChallengeParts['order'];
  readonly #watch: NonNullable<ChallengeParts['watch']>;
  readonly #resting: NonNullable<ChallengeParts['resting']>;
  readonly #beganAt: number;
  readonly #plan: ChallengePlan;
  #past: readonly { readonly prompt: Prompt; readonly skipped: boolean }[] = [];
  #prompt: Prompt | undefined;
  #gap: Gap;
  #issued = 0;
  #skips = 0;
  #end: { readonly state: 'passed' | 'failed' | 'unavailable'; readonly reason: LivenessReason } | undefined;
  #frames = 0;

  constructor(parts: ChallengeParts, at: number) {
    const { order } = parts;
    this.#order = order;
    this.#watch = parts.watch ?? ((action, neutral) => watchAction(action, neutral, order.mirrored ?? false));
    this.#resting = parts.resting ?? restingIn;
    this.#beganAt = at;
    this.#gap = this.#newGap(at);
    this.#plan = new ChallengePlan(measurableActions(order.actions, order.networks), order.pick);
    if (this.#plan.left.length > 0) return;
    this.#end = { state: 'unavailable', reason: order.networks.mesh === undefined ? 'no_network' : 'no_action_left' };
  }

  get over(): boolean {
    return this.#end !== undefined;
  }

  get passed(): boolean {
    return this.#end?.state === 'passed';
  }

  /** The first prompt was given. */
  get begun(): boolean {
    return this.#issued > 0;
  }

  /** Id of the prompt that is on the screen. */
  get prompted(): string | undefined {
    return this.#prompt?.id;
  }

  /** Id of the prompt while the person sees it. */
  get acting(): string | undefined {
    return this.#prompt?.isShown === true ? this.#prompt.id : undefined;
  }

  /** Ids of the prompts that were done. */
  get verified(): readonly string[] {
    return this.#past
      .filter(({ prompt, skipped }) => !skipped && prompt.end?.outcome === 'passed')
      .map(({ prompt }) => prompt.id);
  }

  /** Points of the body are needed now: only while such an action is asked for, or is the next one. */
  get wantsBody(): boolean {
    const action = this.#prompt?.action ?? this.#plan.left[0];
    const actions = [action, this.#gap.returning?.action];
    return !this.over && actions.some((one) => one !== undefined && needsBody(one));
  }

  /** The person was asked to lean, or comes back from it. */
  get leans(): boolean {
    const actions = [this.#prompt?.action, this.#past.at(-1)?.prompt.action];
    return actions.includes('lean_left') || actions.includes('lean_right');
  }

  /** Some action of this challenge needs the points of the body. */
  get willWantBody(): boolean {
    return this.#plan.left.some(needsBody);
  }

  get skipsLeft(): number {
    return this.over ? 0 : MOST_SKIPS - this.#skips;
  }

  /** 0–1. */
  get progress(): number {
    const done = this.verified.length;
    const all = done + this.#plan.left.length + (this.#prompt === undefined ? 0 : 1);
    return all === 0 ? 0 : (done + (this.#prompt?.progress?.progress ?? 0)) / all;
  }

  /** A frame with one face of the followed track. @param ready a prompt may be given when the person rests */
  see(frame: MeasuredFrame, ready: boolean): void {
    if (this.over) return;
    this.#frames++;
    if (this.#prompt !== undefined) {
      this.#prompt.see(frame);
      this.#settle(frame.at);
      return;
    }
    const gap = this.#gap;
    if (!this.#isBack(frame)) return;
    gap.frames.push(frame);
    if (gap.frames.length > GAP_FRAMES) gap.frames.shift();
    if (ready && frame.at >= gap.since + gap.lengthMs) this.#ask(frame.at);
  }

  /**
   * Whether the last action is over. Somebody who still holds it is at rest too, but what comes next would be measured
   * against a hand in the air or a head to the side.
   */
  #isBack(frame: MeasuredFrame): boolean {
    const { returning } = this.#gap;
    if (returning === undefined) return true;
    const { action, neutral } = returning;
    const isMeasured = needsBody(action) ? frame.body !== undefined : frame.face?.mesh !== undefined;
    if (!isMeasured || this.#watch(action, neutral).see(frame).state !== 'waiting') return false;
    delete this.#gap.returning;
    return true;
  }

  tick(at: number): void {
    if (this.over || this.#prompt === undefined) return;
    this.#prompt.tick(at);
    this.#settle(at);
  }

  shown(id: string, at: number): boolean {
    if (this.#prompt?.id !== id) return false;
    this.#prompt.shown(at);
    return true;
  }

  /**
   * Another action in the place of this one. The first change adds one more action: without that, a recording could
   * wait for the prompt that it fits, and would be accepted in up to 2.6 % of all draws instead of 0.3 %.
   */
  skip(id: string, at: number): boolean {
    const prompt = this.#prompt;
    if (prompt?.id !== id || this.skipsLeft <= 0) return false;
    if (!this.#plan.skip(this.#done(), this.#skips === 0)) return false;
    this.#past = [...this.#past, { prompt, skipped: true }];
    this.#skips++;
    this.#prompt = undefined;
    this.#gap = this.#newGap(at, prompt);
    return true;
  }

  /** Begins the pause anew: what was seen was of another track. */
  restart(at: number): void {
    this.#gap = this.#newGap(at);
  }

  /** Ends it from outside. */
  stop(state: 'failed' | 'unavailable', reason: LivenessReason): void {
    this.#end ??= { state, reason };
  }

  hint(): LivenessHint | undefined {
    if (this.over) return undefined;
    if (this.#prompt !== undefined) return this.#prompt.progress?.hint;
    if (this.#gap.returning !== undefined) return 'look_straight';
    if (this.#gap.frames.length === 0) return undefined;
    const next = this.#plan.left[0];
    const need = next === undefined ? 'none' : bodyNeed(next);
    if (this.#resting(this.#gap.frames, need) !== undefined) return 'wait_for_it';
    if (need !== 'none' && this.#resting(this.#gap.frames, 'none') !== undefined) return 'show_shoulders';
    return this.#past.length === 0 ? 'look_straight' : 'hold_still';
  }

  view(at: number): LivenessView['prompt'] {
    const prompt = this.#prompt;
    if (prompt === undefined || this.over) return undefined;
    const number = this.verified.length + 1;
    return {
      id: prompt.id,
      action: prompt.action,
      number,
      of: number + this.#plan.left.length,
      moving: prompt.moving,
      progress: prompt.progress?.progress ?? 0,
      remainingMs: Math.round(prompt.remainingMs(at)),
    };
  }

  evidence(): readonly ActionEvidence[] {
    const now = this.#prompt === undefined ? [] : [{ prompt: this.#prompt, skipped: false }];
    return [...this.#past, ...now].map(({ prompt, skipped }) => prompt.evidence(this.#beganAt, skipped));
  }

  result(): GateResult {
    const { state, reason } = this.#end ?? {
      state: 'unavailable',
      reason: this.begun ? 'out_of_time' : 'not_measured',
    };
    const verified = this.verified.length;
    return {
      gate: 'active',
      state,
      reason,
      frames: this.#frames,
      facts: {
        verified,
        asked: verified + this.#plan.left.length + (this.#prompt ? 1 : 0),
        skipped: this.#skips,
        bodyUnseen: this.#plan.unseen,
      },
    };
  }

  #done(): readonly ChallengeAction[] {
    return this.#past.filter(({ skipped }) => !skipped).map(({ prompt }) => prompt.action);
  }

  #ask(at: number): void {
    const action = this.#plan.left[0];
    if (action === undefined) return;
    const { frames, since } = this.#gap;
    const neutral = this.#resting(frames, bodyNeed(action));
    if (neutral === undefined) {
      const isNear = needsBody(action) && at >= since + BODY_UNSEEN_MS && this.#resting(frames, 'none') !== undefined;
      if (isNear) this.#plan.withoutBody(this.#done());
      return;
    }
    this.#plan.take();
    this.#issued++;
    this.#prompt = new Prompt({ id: `${this.#order.id}.${this.#issued}`, action, at, neutral, watch: this.#watch });
  }

  /** What became of the prompt. */
  #settle(at: number): void {
    const prompt = this.#prompt;
    const end = prompt?.end;
    if (prompt === undefined || end === undefined) return;
    if (end.outcome !== 'passed') {
      this.#end = { state: end.outcome, reason: end.reason };
      return;
    }
    this.#past = [...this.#past, { prompt, skipped: false }];
    this.#prompt = undefined;
    this.#gap = this.#newGap(at, prompt);
    if (this.#plan.left.length === 0) this.#end = { state: 'passed', reason: 'ok' };
  }

  #newGap(since: number, after?: Prompt): Gap {
    const lengthMs = GAP_FROM_MS + this.#order.pick(GAP_UNTIL_MS - GAP_FROM_MS + 1);
    const returning = after && { action: after.action, neutral: after.neutral };
    return { since, lengthMs, ...(returning && { returning }), frames: [] };
  }
}
