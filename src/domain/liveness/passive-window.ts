import { median } from '../statistics.js';
import type { LivenessLevel } from './evidence.js';
import type { FaceAngle } from './face-angle.js';
import type { GateResult, LivenessReason } from './gate.js';
import type { MeasuredFrame } from './measured-frame.js';
import type { LivenessHint } from './run-order.js';

/** A window holds at least so many scores, over at least so long. */
const WINDOW_SCORES = 10;
const WINDOW_MS = 1000;
/** Turned faces are not what the networks were made for: their scores do not count, degrees. */
const MOST_YAW_DEGREES = 25;
/** So far from how the first window held the head, it still rests, degrees. */
const REST_DEGREES = 8;

interface Score {
  readonly at: number;
  readonly live: number;
}

/**
 * Does the texture around the face look like a screen or paper (docs/liveness.md)? Scores of one track only.
 *
 * At level passive the first full window is the verdict, so that nobody waits for a lucky one. At level full every
 * window of the resting head has to hold, and the median over all scores of the run.
 */
export class PassiveWindow {
  readonly #level: LivenessLevel;
  readonly #threshold: number;
  readonly #network: boolean;
  #track: number | undefined;
  #all: readonly Score[] = [];
  #resting: readonly Score[] = [];
  #rest: { readonly yaw: number; readonly pitch?: number } | undefined;
  #angles: readonly FaceAngle[] = [];
  /** Medians of the windows judged so far. */
  #windows = 0;
  #least = Number.POSITIVE_INFINITY;
  #verdict: 'passed' | 'failed' | undefined;
  #boxes = { mesh: 0, detector: 0 };
  #turned = false;

  /** @param network whether the passive networks can be measured at all */
  constructor(options: { readonly level: LivenessLevel; readonly threshold: number; readonly network: boolean }) {
    this.#level = options.level;
    this.#threshold = options.threshold;
    this.#network = options.network;
  }

  /** Nothing that comes can change the verdict any more. */
  get over(): boolean {
    if (!this.#network) return true;
    return this.#verdict === 'failed' || (this.#verdict === 'passed' && this.#level === 'passive');
  }

  /** Full at least once. */
  get full(): boolean {
    return this.#verdict !== undefined;
  }

  /** How far the first window is filled, 0–1. */
  get progress(): number {
    if (this.full) return 1;
    return Math.min(1, this.#all.length / WINDOW_SCORES, spanOf(this.#all) / WINDOW_MS);
  }

  /** A head that looks elsewhere fills no window, however long it stays there. */
  hint(): LivenessHint | undefined {
    return this.#turned && !this.over ? 'look_straight' : undefined;
  }

  /** What was scored was another face: the next one is judged anew. Windows that were judged stay in the record. */
  restart(): void {
    if (this.over) return;
    this.#all = [];
    this.#resting = [];
    this.#angles = [];
    this.#boxes = { mesh: 0, detector: 0 };
    this.#verdict = undefined;
    this.#rest = undefined;
  }

  /** Only frames with one face of a usable size come here. */
  see(frame: MeasuredFrame, angle: FaceAngle): void {
    const face = frame.face;
    if (this.over || face === undefined) return;
    if (face.track !== this.#track) {
      this.restart();
      this.#track = face.track;
    }
    // Written so that an angle that was not measured does not count.
    const straight = Math.abs(angle.yawDegrees) <= MOST_YAW_DEGREES;
    this.#turned = !straight;
    const live = face.passive?.live;
    if (live === undefined || !(live >= 0 && live <= 1)) return;
    if (!straight) return;
    const score = { at: frame.at, live };
    this.#boxes[face.passive!.box]++;
    this.#all = [...this.#all, score];
    if (this.#verdict === undefined) {
      this.#angles = [...this.#angles, angle];
      this.#resting = this.#all;
      if (this.#judge() !== undefined) this.#rest = restOf(this.#angles);
    } else if (this.#rests(angle)) {
      this.#resting = [...this.#resting, score];
      this.#judge();
    }
  }

  result(): GateResult {
    const say = (state: GateResult['state'], reason: LivenessReason): GateResult => ({
      gate: 'passive',
      state,
      reason,
      ...(this.#all.length > 0 && { score: this.#score() }),
      threshold: this.#threshold,
      frames: this.#all.length,
      spanMs: spanOf(this.#all),
      facts: {
        ...this.#boxes,
        windows: this.#windows,
        ...(this.#windows > 0 && { leastMedian: this.#least }),
      },
    });
    if (!this.#network) return say('unavailable', 'no_network');
    if (!(this.#threshold > 0)) return say('unavailable', 'fault');
    if (this.#verdict === undefined)
      return say('unavailable', this.#all.length === 0 ? 'not_measured' : 'too_few_frames');
    const holds = this.#verdict === 'passed' && median(this.#all.map(({ live }) => live)) >= this.#threshold;
    return holds ? say('passed', 'ok') : say('failed', 'looks_like_picture');
  }

  /** What the verdict rests on: the median of the one window, or the smaller of all medians. */
  #score(): number {
    const all = median(this.#all.map(({ live }) => live));
    return this.#windows > 0 ? Math.min(all, this.#least) : all;
  }

  /** Judges the newest window: the shortest run of scores to the newest one that is full. */
  #judge(): 'passed' | 'failed' | undefined {
    const window = newestWindow(this.#resting);
    if (window === undefined) return this.#verdict;
    const middle = median(window.map(({ live }) => live));
    this.#windows++;
    this.#least = Math.min(this.#least, middle);
    this.#verdict = middle >= this.#threshold && this.#verdict !== 'failed' ? 'passed' : 'failed';
    return this.#verdict;
  }

  #rests(angle: FaceAngle): boolean {
    const rest = this.#rest;
    if (rest === undefined || !(Math.abs(angle.yawDegrees - rest.yaw) <= REST_DEGREES)) return false;
    if (rest.pitch === undefined || angle.pitchDegrees === undefined) return true;
    return Math.abs(angle.pitchDegrees - rest.pitch) <= REST_DEGREES;
  }
}

function restOf(angles: readonly FaceAngle[]): { yaw: number; pitch?: number } {
  const pitches = angles.flatMap(({ pitchDegrees }) => (pitchDegrees === undefined ? [] : [pitchDegrees]));
  const yaw = median(angles.map(({ yawDegrees }) => yawDegrees));
  return { yaw, ...(pitches.length > 0 && { pitch: median(pitches) }) };
}

function spanOf(scores: readonly Score[]): number {
  return scores.length === 0 ? 0 : scores[scores.length - 1]!.at - scores[0]!.at;
}

function newestWindow(scores: readonly Score[]): readonly Score[] | undefined {
  for (let length = WINDOW_SCORES; length <= scores.length; length++) {
    const window = scores.slice(-length);
    if (spanOf(window) >= WINDOW_MS) return window;
  }
  return undefined;
}
