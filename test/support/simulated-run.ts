import type { ChallengeAction } from '../../src/domain/liveness/action.js';
import { CHALLENGE_ACTIONS } from '../../src/domain/liveness/action.js';
import type { LivenessEvidence } from '../../src/domain/liveness/evidence.js';
import { LivenessRun } from '../../src/domain/liveness/liveness-run.js';
import type { LivenessOrder, LivenessView } from '../../src/domain/liveness/run-order.js';
import type { VisionResult } from '../../src/domain/observation.js';
import { seeded } from './seeded.js';
import { type Appearance, type Moment, type Posture, SimulatedCamera } from './simulated-person.js';

export const FRAME_MS = 1000 / 15;
/** From taking a frame to its result; from one question of the page to the next; from an answer to the screen. */
const LATENCY_MS = 120;
const POLL_MS = 150;
const PAINT_MS = 40;
const STEP_MS = 10;
const TICK_MS = 100;
export const SESSION = 7;
export const BEGAN_AT = 50_000;

export function anOrder(seed: number, changes: Partial<LivenessOrder> = {}): LivenessOrder {
  const random = seeded(seed);
  return {
    id: 'run',
    factor: 'liveness',
    level: 'full',
    actions: CHALLENGE_ACTIONS,
    poseTake: false,
    light: false,
    totalMs: 20_000,
    passiveThreshold: 0.5,
    sameFace: 0.5,
    networks: { passive: 'sha256:aa', mesh: 'sha256:bb', body: 'sha256:cc' },
    camera: { kind: 'test', demo: false },
    frameIntervalMs: FRAME_MS,
    pick: (n) => Math.floor(random() * n),
    ...changes,
  };
}

/** What the page has on its screen. */
export interface Screen {
  readonly prompt?: NonNullable<LivenessView['prompt']>;
  readonly light?: NonNullable<LivenessView['light']>;
  readonly phase: LivenessView['phase'];
  /** Since when the prompt is painted. */
  readonly since: number;
}

/** Somebody before the camera. */
export interface Actor {
  /** The frame that is taken now. */
  moment(at: number, screen: Screen): Moment;
  /** What is pressed now. */
  press?(at: number, screen: Screen): 'skip' | undefined;
}

export interface RunOptions {
  readonly seed: number;
  readonly order?: Partial<LivenessOrder>;
  readonly actor: Actor;
  /** Whether the page goes on answering at this time. */
  readonly page?: (at: number) => boolean;
  /** Between the vision process and the run: results may be lost, doubled, late or in another order. */
  readonly channel?: (
    result: VisionResult,
    at: number,
  ) => readonly { readonly result: VisionResult; readonly at: number }[];
  /** Called every 10 ms with the time since the run began. */
  readonly meanwhile?: (run: LivenessRun, sinceMs: number) => void;
  readonly frameMs?: number;
}

/** Runs until it ends; simulated time. */
export function simulate(options: RunOptions): {
  readonly evidence: LivenessEvidence;
  readonly ms: number;
  readonly views: readonly LivenessView[];
} {
  const frameMs = options.frameMs ?? FRAME_MS;
  const run = new LivenessRun(anOrder(options.seed, { frameIntervalMs: frameMs, ...options.order }), BEGAN_AT);
  const camera = new SimulatedCamera({ seed: options.seed + 1, session: SESSION, intervalMs: frameMs });
  run.bind(SESSION);
  const onTheWay: { result: VisionResult; at: number }[] = [];
  const views: LivenessView[] = [];
  const channel = options.channel ?? ((result, at) => [{ result, at: at + LATENCY_MS }]);
  let screen: Screen = { phase: 'neutral', since: 0 };
  let painting: { at: number; id: string; screen: Screen } | undefined;
  let nextFrame = BEGAN_AT + 20;
  for (let at = BEGAN_AT; run.end === undefined && at < BEGAN_AT + 60_000; at += STEP_MS) {
    if (at >= nextFrame) {
      nextFrame += frameMs;
      onTheWay.push(...channel(camera.result(at, options.actor.moment(at, screen), run.wish()), at));
    }
    for (const { result } of onTheWay.filter((one) => one.at <= at)) run.see(result);
    onTheWay.splice(0, onTheWay.length, ...onTheWay.filter((one) => one.at > at));
    if ((at - BEGAN_AT) % TICK_MS === 0) run.tick(at);
    options.meanwhile?.(run, at - BEGAN_AT);
    const alive = options.page?.(at) ?? true;
    if (alive && painting !== undefined && at >= painting.at) {
      screen = painting.screen;
      run.shown(painting.id, at);
      painting = undefined;
    }
    if (alive && (at - BEGAN_AT) % POLL_MS === 0) {
      const view = run.view(at);
      views.push(view);
      const id = view.prompt?.id ?? view.light?.id;
      const old = screen.prompt?.id ?? screen.light?.id;
      const next = {
        phase: view.phase,
        ...(view.prompt && { prompt: view.prompt }),
        ...(view.light && { light: view.light }),
      };
      if (id === undefined || id === old) screen = { ...next, since: screen.since };
      else if (painting?.id !== id) painting = { at: at + PAINT_MS, id, screen: { ...next, since: at + PAINT_MS } };
    }
    if (options.actor.press?.(at, screen) === 'skip' && screen.prompt !== undefined) run.skip(screen.prompt.id, at);
  }
  if (run.end === undefined) throw new Error('the run did not end');
  return { evidence: run.end, ms: run.end.durationMs, views };
}

const smooth = (x: number): number => {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
};

export interface Habits {
  /** From the prompt on the screen to the beginning of the movement, ms. */
  readonly reactionMs?: number;
  /** From the beginning of a movement to its end, ms. */
  readonly movementMs?: number;
  /** From the end of the prompt to rest, ms. */
  readonly returnMs?: number;
  readonly appearance?: Appearance;
  /** What is done for a prompt; the same by default. */
  readonly answer?: (prompt: NonNullable<LivenessView['prompt']>) => ChallengeAction | undefined;
}

/** Somebody who does what is asked: moves, holds it until the prompt is gone, and comes back. */
export class Cooperating implements Actor {
  readonly #habits: Required<Habits>;
  #doing:
    | { id: string; action: ChallengeAction | undefined; from: number; leftAt?: number; amount: number }
    | undefined;

  constructor(habits: Habits = {}) {
    this.#habits = {
      reactionMs: 600,
      movementMs: 800,
      returnMs: 500,
      appearance: { who: 1, live: 0.97 },
      answer: ({ action }) => action,
      ...habits,
    };
  }

  moment(at: number, screen: Screen): Moment {
    return { people: [{ posture: this.posture(at, screen), appearance: this.#habits.appearance }] };
  }

  posture(at: number, screen: Screen): Posture {
    const { reactionMs, movementMs, returnMs, answer } = this.#habits;
    const prompt = screen.prompt;
    if (prompt !== undefined && prompt.id !== this.#doing?.id)
      this.#doing = { id: prompt.id, action: answer(prompt), from: screen.since + reactionMs, amount: 0 };
    const doing = this.#doing;
    if (doing?.action === undefined) return {};
    if (prompt?.id === doing.id) {
      doing.amount =
        doing.action === 'blink' ? blinkAt((at - doing.from) / movementMs) : smooth((at - doing.from) / movementMs);
      return { [doing.action]: doing.amount };
    }
    doing.leftAt ??= at;
    return { [doing.action]: doing.amount * (1 - smooth((at - doing.leftAt) / returnMs)) };
  }
}

/** Closes the eyes in the first half and opens them again. */
function blinkAt(part: number): number {
  return part < 0.5 ? smooth(part * 3) : 1 - smooth((part - 0.5) * 3);
}
