import type { BodyPose } from '../observation.js';
import type { Neutral } from './action-progress.js';
import type { HeadChange } from './head-change.js';

/** What one frame shows beside the person at rest; absent is what was not measured. */
export interface SeenFrame {
  readonly at: number;
  readonly head?: HeadChange;
  readonly body?: BodyPose;
  readonly neutral: Neutral;
}

/** Watches for one action, whatever was asked for. Frames come in order; a frame without the measure changes nothing. */
export interface ActionRule {
  see(frame: SeenFrame): void;
  /** The movement has clearly begun. */
  readonly begun: boolean;
  /** The whole rule held long enough. */
  readonly done: boolean;
  /** Frames in which it held. */
  readonly frames: number;
  /** 0–1. */
  readonly progress: number;
  /** Much moved, but everything in one plane. */
  readonly flat: boolean;
  readonly measures: Readonly<Record<string, number>>;
}

/** An action is done when its rule held in this many frames … */
export const HELD_FRAMES = 3;
/** … of this time: one movement, not three moments of a restless picture (design value). */
export const HELD_WITHIN_MS = 2_000;
/** A movement has clearly begun at this part of what is asked for: above the sway of a person who stands still. */
export const BEGUN_PART = 0.6;
/** Points that moved further than this, in eye distances or shoulder widths, have moved much (design value). */
export const MUCH_MOVEMENT = 0.25;

/** Between 0 and 1; 0 for what is no number. */
export function part(value: number): number {
  return value > 0 ? Math.min(1, value) : 0;
}
