import type { ChallengeAction } from '../../src/domain/liveness/action.js';
import type { Appearance, Moment, Posture } from './simulated-person.js';
import { type Actor, Cooperating, type Screen, simulate } from './simulated-run.js';

/** A screen before the camera that the passive networks take for a face, as the worst one would be. */
const UNNOTICED: Appearance = { who: 1, live: 0.97 };

/** One recorded success: how the person held himself, ms after the first prompt was on the screen. */
export interface Recording {
  readonly postures: readonly { readonly at: number; readonly posture: Posture }[];
  readonly actions: readonly ChallengeAction[];
}

/**
 * Records a run that passes. A slow person makes the best recording: the next prompt comes a little sooner or later in
 * every run, and his movements begin in the middle of the time allowed.
 */
export function record(seed: number, reactionMs = 1300): Recording {
  const person = new Cooperating({ reactionMs });
  const postures: { at: number; posture: Posture }[] = [];
  let began: number | undefined;
  const { evidence } = simulate({
    seed,
    actor: {
      moment: (at, screen) => {
        if (screen.prompt !== undefined) began ??= screen.since;
        const posture = person.posture(at, screen);
        if (began !== undefined) postures.push({ at: at - began, posture });
        return { people: [{ posture, appearance: UNNOTICED }] };
      },
    },
  });
  if (evidence.state !== 'passed') throw new Error(`nothing to record: ${evidence.reason}`);
  return { postures, actions: evidence.actions.map(({ action }) => action) };
}

/** Plays one fixed recording, begun when the first prompt is on the screen. */
export class Replay implements Actor {
  readonly #recording: Recording;
  #beganAt: number | undefined;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  moment(at: number, screen: Screen): Moment {
    if (screen.prompt !== undefined) this.#beganAt ??= screen.since;
    const since = this.#beganAt === undefined ? -1 : at - this.#beganAt;
    const frame = this.#recording.postures.findLast((one) => one.at <= since);
    return { people: [{ posture: frame?.posture ?? {}, appearance: UNNOTICED }] };
  }
}
