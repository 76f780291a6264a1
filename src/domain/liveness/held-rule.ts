import { type ActionRule, HELD_FRAMES, HELD_WITHIN_MS, type SeenFrame } from './action-rule.js';
import { HeldFrames } from './held-frames.js';

/** The ring is full only when the rule has held: before that, the reach of the movement counts this much. */
const REACH_SHARE = 0.9;

/** What the rules have in common that look for one movement, held in `HELD_FRAMES` frames. */
export abstract class HeldRule implements ActionRule {
  protected readonly held = new HeldFrames(HELD_FRAMES, HELD_WITHIN_MS);
  /** 0–1: how much of what is asked for the newest frame shows. */
  protected reach = 0;
  begun = false;

  abstract see(frame: SeenFrame): void;

  abstract get measures(): Readonly<Record<string, number>>;

  get done(): boolean {
    return this.held.enough;
  }

  get frames(): number {
    return this.held.total;
  }

  get progress(): number {
    return Math.max(this.held.share, REACH_SHARE * this.reach);
  }

  /** A movement that shows no depth cannot be called flat. */
  get flat(): boolean {
    return false;
  }
}
