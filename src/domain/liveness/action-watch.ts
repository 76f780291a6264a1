import { type ChallengeAction, needsBody } from './action.js';
import type { ActionProgress, ActionWatch, Neutral } from './action-progress.js';
import type { ActionRule, SeenFrame } from './action-rule.js';
import { BlinkRule } from './blink-rule.js';
import { HandRule } from './hand-rule.js';
import { headChange } from './head-change.js';
import { LeanRule } from './lean-rule.js';
import { LookRule } from './look-rule.js';
import type { MeasuredFrame } from './measured-frame.js';
import { MouthRule } from './mouth-rule.js';
import type { LivenessHint } from './run-order.js';
import { TurnRule } from './turn-rule.js';

export { neutralOf } from './neutral.js';

const RULES: Readonly<Record<ChallengeAction, () => ActionRule>> = {
  turn_left: () => new TurnRule(1),
  turn_right: () => new TurnRule(-1),
  look_up: () => new LookRule(-1),
  look_down: () => new LookRule(1),
  open_mouth: () => new MouthRule(),
  blink: () => new BlinkRule(),
  raise_left_hand: () => new HandRule('left'),
  raise_right_hand: () => new HandRule('right'),
  lean_left: () => new LeanRule(1),
  lean_right: () => new LeanRule(-1),
};

/** What shows in a mirrored picture when a person does the action. */
const MIRRORED: Partial<Readonly<Record<ChallengeAction, ChallengeAction>>> = {
  turn_left: 'turn_right',
  turn_right: 'turn_left',
  raise_left_hand: 'raise_right_hand',
  raise_right_hand: 'raise_left_hand',
  lean_left: 'lean_right',
  lean_right: 'lean_left',
};

/**
 * Actions that are told apart from the one asked for; doing another one is `wrong`. Actions of the head are told apart
 * from each other, so are those of the body: who raises a hand may well look at it. Eyes blink unasked.
 */
function rivalsOf(action: ChallengeAction): ChallengeAction[] {
  const all = Object.keys(RULES) as ChallengeAction[];
  return all.filter((other) => other !== action && other !== 'blink' && needsBody(other) === needsBody(action));
}

/**
 * Watches for one action from its prompt on. Rules and thresholds: docs/liveness.md.
 * @param neutral the person at rest just before, by `neutralOf`; without the part that the action needs it stays `waiting`
 * @param mirrored the picture that was analysed shows left and right exchanged (`camera.mirror`)
 */
export function watchAction(action: ChallengeAction, neutral: Neutral, mirrored = false): ActionWatch {
  return new RuleWatch(mirrored ? (MIRRORED[action] ?? action) : action, neutral);
}

class RuleWatch implements ActionWatch {
  readonly #asked: ActionRule;
  readonly #rivals: readonly ActionRule[];
  readonly #neutral: Neutral;
  readonly #ofBody: boolean;
  #lastAt = Number.NEGATIVE_INFINITY;
  #progress: ActionProgress | undefined;

  constructor(action: ChallengeAction, neutral: Neutral) {
    this.#asked = RULES[action]();
    this.#rivals = rivalsOf(action).map((other) => RULES[other]());
    this.#neutral = neutral;
    this.#ofBody = needsBody(action);
  }

  see(frame: MeasuredFrame): ActionProgress {
    const before = this.#progress;
    if (before?.state === 'done' || before?.state === 'wrong') return before;
    // A frame that is not newer was seen already, or comes out of its order. Written so that NaN is left out.
    if (!(frame.at > this.#lastAt)) return before ?? this.#tell(undefined);
    this.#lastAt = frame.at;
    const seen = this.#measure(frame);
    this.#asked.see(seen);
    for (const rival of this.#rivals) rival.see(seen);
    this.#progress = this.#tell(this.#missing(seen));
    return this.#progress;
  }

  #measure({ at, face, body }: MeasuredFrame): SeenFrame {
    const head = this.#ofBody || face?.mesh === undefined ? undefined : headChange(this.#neutral, face.mesh);
    return { at, neutral: this.#neutral, ...(head && { head }), ...(this.#ofBody && body && { body }) };
  }

  #missing({ head }: SeenFrame): LivenessHint | undefined {
    if (this.#ofBody) return this.#neutral.body === undefined ? 'show_shoulders' : undefined;
    return head === undefined ? 'no_face' : undefined;
  }

  #tell(missing: LivenessHint | undefined): ActionProgress {
    const asked = this.#asked;
    const flat = asked.flat && !asked.done;
    // A tilted picture can seem to look down: while nothing but a plane has moved, that is no other action.
    const wrong = (!flat || this.#ofBody) && this.#rivals.some((rival) => rival.done);
    const begun = asked.begun || this.#rivals.some((rival) => rival.begun);
    const state = wrong ? 'wrong' : asked.done ? 'done' : begun ? 'moving' : 'waiting';
    const further = asked.begun && !asked.done && asked.frames === 0 ? ('turn_further' as const) : undefined;
    const hint = missing ?? (this.#ofBody ? undefined : further);
    return {
      state,
      progress: state === 'done' ? 1 : Math.min(0.95, asked.progress),
      flat,
      frames: asked.frames,
      measures: asked.measures,
      ...(hint && { hint }),
    };
  }
}
