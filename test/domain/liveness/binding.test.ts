import { describe, expect, it } from 'vitest';
import { Binding } from '../../../src/domain/liveness/binding.js';
import type { FaceAngle } from '../../../src/domain/liveness/face-angle.js';

const STRAIGHT: FaceAngle = { yawDegrees: 0, pitchDegrees: 0, eyeDistancePx: 100 };

/** A unit vector that is like `OWN` by this cosine. */
const like = (cosine: number, side: 1 | -1 = 1): Float32Array =>
  Float32Array.of(cosine, side * Math.sqrt(1 - cosine * cosine), 0);
const OWN = like(1);

/** A binding that is shown one embedding a tenth of a second. */
class Shown {
  readonly binding: Binding;
  #at = 0;

  constructor(sameFace = 0.5, reference?: { readonly vector: Float32Array; readonly threshold: number }) {
    this.binding = new Binding({ sameFace, ...(reference && { reference }) });
  }

  see(embedding: Float32Array, options: { action?: string; begun: boolean }, angle: Partial<FaceAngle> = {}): this {
    this.#at += 100;
    const face = { track: 1, eyeDistancePx: 100, yaw: 0, embedding };
    this.binding.see({ at: this.#at, width: 640, height: 480, faces: 1, face }, { ...STRAIGHT, ...angle }, options);
    return this;
  }

  before(...embeddings: readonly Float32Array[]): this {
    for (const one of embeddings) this.see(one, { begun: false });
    return this;
  }

  during(action: string, ...embeddings: readonly Float32Array[]): this {
    for (const one of embeddings) this.see(one, { action, begun: true });
    return this;
  }

  answer(actions: readonly string[] = ['a']): string {
    const { state, reason } = this.binding.result(actions);
    return `${state} ${reason}`;
  }
}

const known = (sameFace?: number): Shown => new Shown(sameFace).before(OWN, OWN);

describe('the same face', () => {
  it('is one that is as like the beginning as the pack asks, and no less', () => {
    expect(known(0.5).during('a', like(0.51)).answer()).toBe('passed ok');
    expect(known(0.5).during('a', like(0.49)).answer()).toBe('failed other_face');
    expect(known(0.9).during('a', like(0.89)).answer()).toBe('failed other_face');
  });

  it('is asked of every embedding: one other among many is enough, and stays', () => {
    const many = Array.from({ length: 20 }, () => OWN);
    expect(
      known()
        .during('a', ...many, like(0.4), ...many)
        .answer(),
    ).toBe('failed other_face');
    expect(known().during('a', OWN).see(like(0.4), { begun: true }).answer()).toBe('failed other_face');
    expect(new Shown().before(OWN, like(0.4), OWN).answer([])).toBe('failed other_face');
  });

  it('is measured against the beginning: nobody becomes another person little by little', () => {
    const steps = Array.from({ length: 60 }, (_, i) => like(Math.cos((i * Math.PI) / 120)));
    expect(
      known(0.5)
        .during('a', ...steps)
        .answer(),
    ).toBe('failed other_face');
    // Before the first prompt the identity grows, but holds the first thirty only.
    const slowly = Array.from({ length: 400 }, (_, i) => like(Math.cos((i * Math.PI) / 800)));
    expect(new Shown(0.5).before(...slowly).answer([])).toBe('failed other_face');
  });

  it('has to be seen inside every action that was done', () => {
    expect(known().during('a', OWN).answer(['a', 'b'])).toBe('unavailable too_few_frames');
    expect(known().during('a', OWN).during('b', OWN).answer(['a', 'b'])).toBe('passed ok');
    const turned = known().see(OWN, { action: 'a', begun: true }, { yawDegrees: 16 });
    expect(turned.answer()).toBe('unavailable too_few_frames');
    const forgotten = known().during('a', OWN);
    forgotten.binding.forget('a');
    expect(forgotten.answer()).toBe('unavailable too_few_frames');
  });

  it('is known after two embeddings before the challenge; later ones make none', () => {
    expect(new Shown().answer([])).toBe('unavailable not_measured');
    expect(new Shown().before(OWN).during('a', OWN, OWN, OWN).answer()).toBe('unavailable too_few_frames');
    expect(new Shown().during('a', OWN, OWN, OWN).answer()).toBe('unavailable not_measured');
  });

  it('is not judged by a face that is turned or raised, nor by one whose angle is no number', () => {
    for (const angle of [{ yawDegrees: -16 }, { pitchDegrees: 21 }, { yawDegrees: Number.NaN }]) {
      const seen = known().during('a', OWN).see(like(0), { begun: true }, angle);
      expect(seen.answer()).toBe('passed ok');
    }
    const straight = known().during('a', OWN).see(like(0), { begun: true }, { yawDegrees: 14, pitchDegrees: -19 });
    expect(straight.answer()).toBe('failed other_face');
  });

  it('cannot be told without vectors of length one and a threshold from 0 to 1', () => {
    expect(
      known()
        .during('a', Float32Array.of(2, 0, 0))
        .answer(),
    ).toBe('unavailable fault');
    expect(
      known()
        .during('a', Float32Array.of(Number.NaN, 0, 0))
        .answer(),
    ).toBe('unavailable fault');
    expect(known().during('a', Float32Array.of(1, 0)).answer()).not.toMatch(/^passed/);
    for (const threshold of [0, -1, Number.NaN, 2])
      expect(known(threshold).during('a', OWN).answer()).not.toMatch(/^passed/);
  });
});

describe('the face of a template', () => {
  const named = (cosine: number, threshold = 0.6): Shown =>
    new Shown(0.3, { vector: like(cosine), threshold }).before(OWN, OWN);

  it('has to be that of the beginning', () => {
    expect(named(0.61).during('a', OWN).answer()).toBe('passed ok');
    expect(named(0.59).during('a', OWN).answer()).toBe('failed other_face');
    expect(named(0.59).answer([])).toBe('failed other_face');
  });

  it('has to be that of every action too: each may be like the beginning and yet not the person', () => {
    // 0.45 to the template, 0.7 to the beginning.
    const between = like(0.7, -1);
    const reference = { vector: like(0.95), threshold: 0.6 };
    const begun = (): Shown => new Shown(0.3, reference).before(OWN, OWN).during('a', OWN);
    expect(begun().during('b', OWN).answer(['a', 'b'])).toBe('passed ok');
    expect(begun().during('b', between).answer(['a', 'b'])).toBe('failed other_face');
  });

  it('cannot be compared where it is of another length or its threshold is none', () => {
    const short = new Shown(0.3, { vector: Float32Array.of(1, 0), threshold: 0.6 }).before(OWN, OWN).during('a', OWN);
    expect(short.answer()).toBe('unavailable fault');
    for (const threshold of [0, Number.NaN])
      expect(named(1, threshold).during('a', OWN).answer()).toBe('unavailable fault');
  });
});

describe('a face that was lost', () => {
  it('before the challenge may come again twice, and has to be the same', () => {
    const lostTwice = known();
    lostTwice.binding.lost('track_lost', false);
    lostTwice.binding.lost('track_lost', false);
    expect(lostTwice.during('a', OWN).answer()).toBe('passed ok');
    lostTwice.binding.lost('track_lost', false);
    expect(lostTwice.answer()).toBe('failed track_lost');
    const other = known();
    other.binding.lost('track_lost', false);
    expect(other.before(like(0.4)).answer([])).toBe('failed other_face');
  });

  it('during the challenge does not come again, nor one that another face took the place of', () => {
    const lost = known().during('a', OWN);
    lost.binding.lost('track_lost', true);
    expect(lost.during('a', OWN).answer()).toBe('failed track_lost');
    const taken = known();
    taken.binding.lost('other_face', false);
    expect(taken.during('a', OWN).answer()).toBe('failed other_face');
  });
});
