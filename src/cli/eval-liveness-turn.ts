import type { ActionWatch } from '../domain/liveness/action-progress.js';
import { neutralOf, watchAction } from '../domain/liveness/action-watch.js';
import { FrameReader } from '../domain/liveness/frame-reader.js';
import type { MeasuredFrame } from '../domain/liveness/measured-frame.js';
import type { VisionResult } from '../domain/observation.js';

/** Frames that the head at rest is looked for in. */
const RESTING_FRAMES = 12;

/**
 * Whether some turn of the head in a clip would pass the rule of the challenge. A replay of a turning head does: only
 * the random order and the passive gate stand against it.
 */
export class TurnCheck {
  readonly #reader: FrameReader;
  #resting: readonly MeasuredFrame[] = [];
  #watches: readonly ActionWatch[] = [];
  passed = false;

  constructor(parts: { readonly sameFace: number; readonly framesPerSecond: number }) {
    this.#reader = new FrameReader({ sameFace: parts.sameFace, frameIntervalMs: 1000 / parts.framesPerSecond });
  }

  see(result: VisionResult): void {
    const frame = this.#reader.read(result)?.frame;
    if (this.passed || frame === undefined) return;
    if (this.#watches.length === 0) {
      this.#resting = [...this.#resting, frame].slice(-RESTING_FRAMES);
      const neutral = neutralOf(this.#resting);
      if (neutral !== undefined)
        this.#watches = [watchAction('turn_left', neutral), watchAction('turn_right', neutral)];
      return;
    }
    const states = this.#watches.map((watch) => watch.see(frame).state);
    if (states.includes('done')) this.passed = true;
    else if (states.every((state) => state === 'wrong')) {
      this.#watches = [];
      this.#resting = [];
    }
  }
}
