import type { PoseEvidence } from './evidence.js';
import type { MeasuredFrame } from './measured-frame.js';
import { POSE_COUNTDOWN_MS, POSE_TAKE_MS } from './pose-take.js';
import { FRAMES_LATE_MS } from './prompt.js';
import type { PoseTake } from './run-order.js';

/** Gathers the points of the body over one take, after a countdown, and has them judged. */
export class PoseStage {
  readonly #from: number;
  readonly #judge: (take: PoseTake) => PoseEvidence;
  #frames: PoseTake['frames'] = [];
  #evidence: PoseEvidence | undefined;

  constructor(judge: (take: PoseTake) => PoseEvidence, at: number) {
    this.#from = at + POSE_COUNTDOWN_MS;
    this.#judge = judge;
  }

  /** What was said about the take; undefined while it goes on. */
  get evidence(): PoseEvidence | undefined {
    return this.#evidence;
  }

  /** Ms until the take is over; more than POSE_TAKE_MS while the countdown runs. */
  remainingMs(at: number): number {
    return Math.max(0, this.#from + POSE_TAKE_MS - at);
  }

  /** Of one frame with the followed person alone. */
  see(frame: MeasuredFrame): void {
    if (this.#evidence !== undefined) return;
    const until = this.#from + POSE_TAKE_MS;
    if (frame.body !== undefined && frame.at >= this.#from && frame.at < until)
      this.#frames = [...this.#frames, { at: frame.at, points: frame.body.points }];
    if (frame.at >= until) this.#over();
  }

  tick(at: number): void {
    if (this.#evidence === undefined && at > this.#from + POSE_TAKE_MS + FRAMES_LATE_MS) this.#over();
  }

  #over(): void {
    this.#evidence = this.#judge({ frames: this.#frames });
    // Nobody needs the points any more.
    this.#frames = [];
  }
}
