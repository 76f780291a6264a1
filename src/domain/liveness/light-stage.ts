import type { GateState, LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';
import { FRAMES_LATE_MS, SHOWN_WITHIN_MS } from './prompt.js';
import type { LivenessView } from './run-order.js';
import {
  LIGHT_BASELINE_MS,
  LIGHT_HOLD_MS,
  LIGHT_TAIL_MS,
  type LightColour,
  type LightResult,
  LightWatch,
} from './screen-light.js';

/**
 * Shows a random sequence of colours, one after the other: the next one comes when the page had the last one on the
 * screen long enough. Before the first one the page looks as ever, so that there is something to compare with.
 */
export class LightStage {
  readonly #id: string;
  readonly #sequence: readonly LightColour[];
  readonly #watch: LightWatch;
  readonly #beganAt: number;
  #index = -1;
  #issuedAt = 0;
  #shownAt: number | undefined;
  #end: { readonly state: GateState; readonly reason: LivenessReason } | undefined;
  #light: LightResult | undefined;

  /** @param id begins every id of a colour */
  constructor(id: string, sequence: readonly LightColour[], at: number) {
    this.#id = id;
    this.#sequence = sequence;
    this.#watch = new LightWatch(sequence);
    this.#beganAt = at;
  }

  /** How it ended; undefined while it goes on. */
  get end(): { readonly state: GateState; readonly reason: LivenessReason } | undefined {
    return this.#end;
  }

  get result(): LightResult | undefined {
    return this.#light;
  }

  /** 0–1. */
  get progress(): number {
    return Math.max(0, this.#index) / this.#sequence.length;
  }

  view(): LivenessView['light'] {
    const colour = this.#sequence[this.#index]?.colour;
    return colour === undefined || this.#end !== undefined ? undefined : { id: `${this.#id}.${this.#index}`, colour };
  }

  shown(id: string, at: number): boolean {
    if (this.view()?.id !== id || !Number.isFinite(at)) return false;
    if (this.#shownAt === undefined) {
      this.#shownAt = at;
      this.#watch.shown(this.#index, at);
    }
    return true;
  }

  see(frame: MeasuredFrame): void {
    if (this.#end === undefined) this.#watch.see(frame);
  }

  tick(at: number): void {
    if (this.#end !== undefined) return;
    if (this.#index < 0) {
      if (at >= this.#beganAt + LIGHT_BASELINE_MS) this.#next(at);
      return;
    }
    if (this.#shownAt === undefined) {
      if (at > this.#issuedAt + SHOWN_WITHIN_MS) this.#end = { state: 'unavailable', reason: 'page_gone' };
      return;
    }
    const isLast = this.#index === this.#sequence.length - 1;
    if (!isLast) {
      if (at >= this.#shownAt + LIGHT_HOLD_MS) this.#next(at);
    } else if (at >= this.#shownAt + LIGHT_HOLD_MS + LIGHT_TAIL_MS + FRAMES_LATE_MS) {
      this.#light = this.#watch.result();
      this.#end = { state: this.#light.state, reason: this.#light.reason };
    }
  }

  #next(at: number): void {
    this.#index++;
    this.#issuedAt = at;
    this.#shownAt = undefined;
  }
}
