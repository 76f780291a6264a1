import { describe, expect, it } from 'vitest';
import type { LivenessLevel } from '../../../src/domain/liveness/evidence.js';
import { PassiveWindow } from '../../../src/domain/liveness/passive-window.js';

interface Shown {
  readonly live?: number;
  readonly yaw?: number;
  readonly pitch?: number;
  readonly track?: number;
  /** Ms since the one before; 134 is every second frame of 15 a second. */
  readonly after?: number;
}

class Shower {
  readonly window: PassiveWindow;
  #at = 1000;

  constructor(level: LivenessLevel = 'passive', network = true, threshold = 0.5) {
    this.window = new PassiveWindow({ level, threshold, network });
  }

  show(count: number, { live, yaw = 0, pitch = 0, track = 1, after = 134 }: Shown = {}): this {
    for (let i = 0; i < count; i++) {
      this.#at += after;
      const passive = live === undefined ? {} : { passive: { live, v2: live, v1se: live, box: 'mesh' as const } };
      const frame = {
        at: this.#at,
        width: 640,
        height: 480,
        faces: 1,
        face: { track, eyeDistancePx: 90, yaw: 0, ...passive },
      };
      this.window.see(frame, { yawDegrees: yaw, pitchDegrees: pitch, eyeDistancePx: 90 });
    }
    return this;
  }

  get answer(): string {
    const { state, reason } = this.window.result();
    return `${state} ${reason}`;
  }
}

const GOOD = { live: 0.9 };
const BAD = { live: 0.1 };

describe('PassiveWindow', () => {
  it('passes with ten live scores over a second, fails with ten others', () => {
    expect(new Shower().show(9, GOOD).answer).toBe('unavailable too_few_frames');
    expect(new Shower().show(10, GOOD).answer).toBe('passed ok');
    expect(new Shower().show(10, BAD).answer).toBe('failed looks_like_picture');
    expect(new Shower().show(10, { live: 0.5 }).answer).toBe('passed ok');
    expect(new Shower().show(10, GOOD).window.result()).toMatchObject({
      score: 0.9,
      threshold: 0.5,
      frames: 10,
      spanMs: 1206,
      facts: { mesh: 10, detector: 0, windows: 1 },
    });
  });

  it('needs the second as well as the scores', () => {
    const quick = new Shower().show(15, { ...GOOD, after: 66 });
    expect(quick.answer).toBe('unavailable too_few_frames');
    expect(quick.show(1, { ...GOOD, after: 100 }).answer).toBe('passed ok');
  });

  it('is unavailable without the networks, without scores, and with scores that are no numbers', () => {
    expect(new Shower('passive', false).show(20, GOOD).answer).toBe('unavailable no_network');
    expect(new Shower('full', false).show(20, GOOD).answer).toBe('unavailable no_network');
    expect(new Shower().show(40).answer).toBe('unavailable not_measured');
    for (const live of [Number.NaN, Number.POSITIVE_INFINITY, 1.5, -1])
      expect(new Shower().show(40, { live }).answer).toBe('unavailable not_measured');
    expect(new Shower('passive', true, Number.NaN).show(20, GOOD).window.result().state).not.toBe('passed');
    expect(new Shower('passive', true, 0).show(20, GOOD).window.result().state).not.toBe('passed');
  });

  it('counts no face that is turned by more than 25 degrees, or by nobody knows how much', () => {
    expect(new Shower().show(40, { ...GOOD, yaw: 26 }).answer).toBe('unavailable not_measured');
    expect(new Shower().show(40, { ...GOOD, yaw: Number.NaN }).answer).toBe('unavailable not_measured');
    expect(new Shower().show(10, { ...GOOD, yaw: -25 }).answer).toBe('passed ok');
  });

  it('asks whoever looks elsewhere to look straight, until he does or it is over', () => {
    const shower = new Shower().show(3, { live: 0.9 });
    expect(shower.window.hint()).toBeUndefined();
    expect(shower.show(1, { live: 0.9, yaw: 30 }).window.hint()).toBe('look_straight');
    expect(shower.show(1, { yaw: -30 }).window.hint()).toBe('look_straight');
    expect(shower.show(1, { live: 0.9, yaw: 10 }).window.hint()).toBeUndefined();
    expect(shower.show(10, { live: 0.9 }).show(1, { yaw: 40 }).window.hint()).toBeUndefined();
  });

  it('level passive: the first full window is the verdict, nobody waits for a lucky one', () => {
    const shower = new Shower().show(10, BAD);
    expect(shower.window.over).toBe(true);
    expect(shower.show(200, GOOD).answer).toBe('failed looks_like_picture');
    expect(new Shower().show(10, GOOD).show(200, BAD).answer).toBe('passed ok');
  });

  it('level full: a first window that fails is final, and so is any later window of the resting head', () => {
    expect(new Shower('full').show(10, BAD).show(300, GOOD).answer).toBe('failed looks_like_picture');
    const later = new Shower('full').show(40, GOOD).show(10, BAD);
    expect(later.window.over).toBe(true);
    expect(later.show(300, GOOD).answer).toBe('failed looks_like_picture');
  });

  it('level full: low scores of a moving head do not count by the window, but in the median over all', () => {
    expect(new Shower('full').show(20, GOOD).show(15, { ...BAD, yaw: 12 }).answer).toBe('passed ok');
    expect(new Shower('full').show(20, GOOD).show(15, { ...BAD, pitch: -15 }).answer).toBe('passed ok');
    expect(new Shower('full').show(20, GOOD).show(21, { ...BAD, yaw: 12 }).answer).toBe('failed looks_like_picture');
  });

  it('scores belong to one track: another one begins anew', () => {
    const shower = new Shower().show(9, GOOD).show(9, { ...GOOD, track: 2 });
    expect(shower.answer).toBe('unavailable too_few_frames');
    expect(shower.show(1, { ...GOOD, track: 2 }).answer).toBe('passed ok');
    const full = new Shower('full').show(12, GOOD).show(5, { ...GOOD, track: 2 });
    expect(full.answer).toBe('unavailable too_few_frames');
    expect(new Shower('full').show(12, BAD).show(40, { ...GOOD, track: 2 }).answer).toBe('failed looks_like_picture');
  });
});
