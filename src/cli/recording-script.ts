import type { ChallengeAction } from '../domain/liveness/action.js';
import { LIGHT_BASELINE_MS, LIGHT_HOLD_MS, LIGHT_TAIL_MS, type LightColour } from '../domain/liveness/screen-light.js';
import type { RecordedSession } from './liveness-session.js';
import { ACTION_WORDS } from './liveness-words.js';
import type { Output } from './report-fault.js';

/** The person looks into the camera first, so that there is a head at rest to compare with. */
const REST_MS = 1500;
const ACTION_MS = 3500;
/** The camera answers late by this much at the beginning: exposure settles. */
const SETTLE_MS = 800;

interface Cue {
  readonly atMs: number;
  /** @param atMs when it really was shown */
  show(atMs: number): void;
}

/** What the terminal shows while a session is recorded, and when it did. Times are ms since the first frame. */
export class RecordingScript {
  readonly prompts: RecordedSession['prompts'] = [];
  readonly light: RecordedSession['light'] = [];
  /** The recording lasts at least so long. */
  readonly leastMs: number;
  readonly #cues: Cue[] = [];
  readonly #terminal: Output;

  constructor(parts: {
    readonly terminal: Output;
    readonly actions: readonly ChallengeAction[];
    readonly colours: readonly LightColour[];
  }) {
    const { terminal, actions, colours } = parts;
    this.#terminal = terminal;
    let at = REST_MS;
    for (const [index, action] of actions.entries()) {
      const words = `[${index + 1} of ${actions.length}] ${ACTION_WORDS[action]}`;
      this.#cue(at, (atMs) => {
        terminal.write(`${words}\n`);
        this.prompts.push({ action, atMs });
      });
      at += ACTION_MS;
    }
    if (actions.length > 0) this.#cue(at, () => terminal.write('Look straight into the camera\n'));
    if (colours.length > 0) {
      at += SETTLE_MS + LIGHT_BASELINE_MS;
      for (const { colour, rgb } of colours) {
        this.#cue(at, (atMs) => {
          terminal.write(fill(rgb));
          this.light.push({ colour, rgb: [...rgb], atMs });
        });
        at += LIGHT_HOLD_MS;
      }
      this.#cue(at, () => terminal.write(CLEAR));
      at += LIGHT_TAIL_MS;
    }
    this.leastMs = this.#cues.length === 0 ? 0 : at;
  }

  /** Shows whatever is due. */
  tick(atMs: number): void {
    while (this.#cues[0] !== undefined && this.#cues[0].atMs <= atMs) this.#cues.shift()?.show(atMs);
  }

  /** Takes the last colour off the screen. */
  end(): void {
    if (this.light.length > 0) this.#terminal.write(CLEAR);
  }

  #cue(atMs: number, show: Cue['show']): void {
    this.#cues.push({ atMs, show });
  }
}

/** The whole terminal in one colour: the screen lights the face. */
function fill([r, g, b]: readonly [number, number, number]): string {
  return `\u001b[48;2;${r};${g};${b}m\u001b[2J\u001b[H`;
}

const CLEAR = '\u001b[0m\u001b[2J\u001b[H';
