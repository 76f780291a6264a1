import { describe, expect, it } from 'vitest';
import type { MeasuredFrame } from '../../../src/domain/liveness/measured-frame.js';
import {
  LIGHT_HOLD_MS,
  LIGHT_RULE,
  type LightColour,
  type LightResult,
  LightWatch,
  lightSequence,
} from '../../../src/domain/liveness/screen-light.js';
import { seeded } from '../../support/seeded.js';
import { DAYLIGHT, frame, lit, type Scene } from './lit-scene.js';

const SKINS = [
  [0.6, 0.4, 0.3],
  [0.45, 0.28, 0.2],
  [0.2, 0.12, 0.08],
] as const;

function drawn(random: () => number): readonly LightColour[] {
  return lightSequence((n) => Math.floor(random() * n));
}

const named = (sequence: readonly LightColour[]): string => sequence.map(({ colour }) => colour).join(' ');

function anotherThan(sequence: readonly LightColour[], random: () => number): readonly LightColour[] {
  for (;;) {
    const other = drawn(random);
    if (named(other) !== named(sequence)) return other;
  }
}

/** A person before the kiosk; the wall two metres behind gets a sixth of the screen's light. */
function person(seed: number, played: readonly LightColour[], change: Partial<Scene> = {}): Scene {
  const random = seeded(seed);
  return {
    played,
    skin: SKINS[seed % SKINS.length]!,
    wall: [0.7, 0.7, 0.7],
    room: DAYLIGHT,
    onFace: 0.08,
    onWall: 0.012,
    delayMs: 60 + 240 * random(),
    noise: 0.3,
    fps: 10,
    random,
    ...change,
  };
}

/** Shows `asked` and lets the watch see the frames of a scene that may play something else. */
function watched(
  asked: readonly LightColour[],
  scene: Scene,
  spoil?: (frame: MeasuredFrame) => MeasuredFrame,
): LightResult {
  const { frames } = lit(scene);
  const shownAt = asked.map((_, index) => 10_000 + index * LIGHT_HOLD_MS);
  const watch = new LightWatch(asked);
  let next = 0;
  for (const one of frames) {
    while (next < shownAt.length && shownAt[next]! <= one.at) {
      watch.shown(next, shownAt[next]!);
      next++;
    }
    watch.see(spoil === undefined ? one : spoil(one));
  }
  return watch.result();
}

/** How many of so many seeds end in each state. */
function count(trials: number, run: (seed: number) => LightResult): Record<string, number> {
  const states: Record<string, number> = { passed: 0, failed: 0, unavailable: 0 };
  for (let seed = 1; seed <= trials; seed++) states[run(seed).state]! += 1;
  return states;
}

describe('sequence of colours', () => {
  it('has three or four colours, none twice in a row, every sequence equally likely', () => {
    const seen = new Map<string, number>();
    let total = 0;
    lightSequence((n) => {
      total = n;
      return 0;
    });
    for (let index = 0; index < total; index++) {
      const sequence = lightSequence(() => index);
      expect([3, 4]).toContain(sequence.length);
      for (const [place, { colour }] of sequence.entries()) expect(colour).not.toBe(sequence[place + 1]?.colour);
      seen.set(named(sequence), (seen.get(named(sequence)) ?? 0) + 1);
    }
    expect(total).toBe(400);
    expect(seen.size).toBe(400);
  });

  it('changes at most three times a second, takes about two seconds, and keeps its luminance', () => {
    expect(1000 / LIGHT_HOLD_MS).toBeLessThanOrEqual(3);
    expect(4 * LIGHT_HOLD_MS).toBeLessThanOrEqual(2400);
    const luminances = Array.from({ length: 400 }, (_, index) => lightSequence(() => index))
      .flat()
      .map(({ rgb: [r, g, b] }) => {
        const linear = (value: number) =>
          value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
        return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
      });
    expect(Math.max(...luminances) / Math.min(...luminances)).toBeLessThan(1.2);
  });

  it('says the same colour as text and as numbers', () => {
    for (const { colour, rgb } of lightSequence(() => 399))
      expect(colour).toBe(`#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`);
  });
});

describe('answer of a face to the light of the screen', () => {
  it('passes lit faces of several skins and delays', () => {
    const states = count(200, (seed) => {
      const sequence = drawn(seeded(seed * 31));
      return watched(sequence, person(seed, sequence));
    });
    console.log(`lit faces, simulated: ${JSON.stringify(states)}`);
    expect(states.passed).toBeGreaterThanOrEqual(190);
  });

  it('refuses a screen that answers to nothing', () => {
    const states = count(200, (seed) =>
      watched(drawn(seeded(seed * 31)), person(seed, drawn(seeded(seed)), { onFace: 0, onWall: 0 })),
    );
    expect(states.passed).toBe(0);
    expect(states.failed).toBe(200);
  });

  it('refuses the recording of an answer to another sequence, played at the best moment', () => {
    const states = count(500, (seed) => {
      const random = seeded(seed * 31);
      const sequence = drawn(random);
      return watched(sequence, person(seed, anotherThan(sequence, random)));
    });
    console.log(`recordings of another sequence, simulated: ${JSON.stringify(states)}, limit 15 of 500`);
    expect(states.passed).toBeLessThanOrEqual(15);
  });

  it('refuses the right answer that comes too late', () => {
    const states = count(100, (seed) => {
      const sequence = drawn(seeded(seed * 31));
      return watched(sequence, person(seed, sequence, { delayMs: 700 }));
    });
    expect(states.passed).toBe(0);
  });

  it('refuses the right answer that comes before its question, or just too late', () => {
    for (const delayMs of [-200, -50, 520, 560]) {
      const states = count(40, (seed) => {
        const sequence = drawn(seeded(seed * 31));
        return watched(sequence, person(seed, sequence, { delayMs, fps: 15 }));
      });
      expect(states, `${delayMs} ms`).toEqual({ passed: 0, failed: 40, unavailable: 0 });
    }
  });

  it('refuses an answer in which one step goes elsewhere, though all of it together follows the colours', () => {
    // Numbers of sequences that differ in one colour.
    for (const [asked, played] of [
      [91, 106],
      [236, 296],
      [182, 237],
      [325, 145],
    ] as const) {
      const scene = person(
        1,
        lightSequence(() => played),
        { noise: 0, delayMs: 200, fps: 15 },
      );
      const { state, score, facts } = watched(
        lightSequence(() => asked),
        scene,
      );
      expect(score).toBeGreaterThan(LIGHT_RULE.score);
      expect(facts.faceCorrelation).toBeGreaterThan(LIGHT_RULE.face);
      expect(state).toBe('failed');
    }
  });

  it('says nothing where the room answers as much as the face', () => {
    const states = count(100, (seed) => {
      const sequence = drawn(seeded(seed * 31));
      return watched(sequence, person(seed, sequence, { onWall: 0.08, wall: [0.6, 0.5, 0.45] }));
    });
    expect(states).toEqual({ passed: 0, failed: 0, unavailable: 100 });
  });

  it('is unavailable, never passed, without what it needs', () => {
    const sequence = drawn(seeded(5));
    const scene = () => person(5, sequence);
    const nothing = { state: 'unavailable', reason: 'not_measured', threshold: LIGHT_RULE.score };
    const spoilt = (face: readonly [number, number, number]) => (one: MeasuredFrame) =>
      one.at > 10_600 && one.at < 10_800 ? frame(one.at, face, [120, 120, 120]) : one;
    expect(watched(sequence, scene()).state).toBe('passed');
    expect(watched(sequence, scene(), spoilt([Number.NaN, 1, 1]))).toMatchObject(nothing);
    expect(watched(sequence, scene(), spoilt([0, 0, 0]))).toMatchObject(nothing);
    expect(watched(sequence, scene(), ({ colour: _, ...rest }) => rest)).toMatchObject(nothing);
    expect(watched(sequence, scene(), ({ face: _, ...rest }) => rest)).toMatchObject(nothing);
    expect(watched(sequence, scene(), (one) => ({ ...one, faces: 2 }))).toMatchObject(nothing);
    expect(watched(sequence, { ...scene(), fps: 3 })).toMatchObject(nothing);
    expect(new LightWatch(sequence).result()).toMatchObject(nothing);
    expect(new LightWatch([]).result()).toMatchObject(nothing);
  });

  it('is unavailable where the colours were not shown one after the other', () => {
    const sequence = drawn(seeded(5));
    const { frames } = lit(person(5, sequence));
    const orders: readonly (readonly [number, number][])[] = [
      [[0, 10_000]],
      [
        [1, 10_000],
        [0, 10_560],
      ],
      sequence.map((_, index) => [index, 10_000]),
      sequence.map((_, index) => [index, 10_000 - index * LIGHT_HOLD_MS]),
      sequence.map((_, index) => [index, 10_000 + index * 40]),
      sequence.map((_, index) => [index, index === 1 ? Number.NaN : 10_000 + index * LIGHT_HOLD_MS]),
    ];
    for (const order of orders) {
      const watch = new LightWatch(sequence);
      for (const one of frames) if (one.at < 10_000) watch.see(one);
      for (const [index, at] of order) watch.shown(index, at);
      for (const one of frames) if (one.at >= 10_000) watch.see(one);
      expect(watch.result().state).toBe('unavailable');
    }
  });
});
