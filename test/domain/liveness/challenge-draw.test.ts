import { describe, expect, it } from 'vitest';
import { CHALLENGE_ACTIONS, type ChallengeAction, isTurn } from '../../../src/domain/liveness/action.js';
import {
  anotherAction,
  drawActions,
  measurableActions,
  orderedTriples,
} from '../../../src/domain/liveness/challenge-draw.js';
import { seeded } from '../../support/seeded.js';

const EIGHT = CHALLENGE_ACTIONS.filter((action) => action !== 'blink' && action !== 'open_mouth');

function picking(seed: number): (n: number) => number {
  const random = seeded(seed);
  return (n) => Math.floor(random() * n);
}

describe('drawActions', () => {
  it('knows 384 draws of ten actions and 216 of eight, each once, each with a turn and nothing twice', () => {
    for (const [actions, count] of [
      [CHALLENGE_ACTIONS, 384],
      [EIGHT, 216],
    ] as const) {
      const triples = orderedTriples(actions);
      expect(new Set(triples.map((triple) => triple.join())).size).toBe(count);
      expect(triples).toHaveLength(count);
      for (const triple of triples) {
        expect(new Set(triple).size).toBe(3);
        expect(triple.some(isTurn)).toBe(true);
      }
    }
  });

  it('gives every number of the source another draw: all are equally likely if the source is', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 384; i++)
      seen.add(
        drawActions(CHALLENGE_ACTIONS, (n) => {
          expect(n).toBe(384);
          return i;
        })!.join(),
      );
    expect(seen.size).toBe(384);
  });

  it('is uniform over the draws: chi square of 19,200 draws', () => {
    const pick = picking(20);
    const counts = new Map<string, number>();
    const draws = 19_200;
    for (let i = 0; i < draws; i++) {
      const key = drawActions(CHALLENGE_ACTIONS, pick)!.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = draws / 384;
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(384);
    // 383 degrees of freedom: 99.9 % lie below 474.
    expect(chi).toBeLessThan(474);
  });

  it('draws nothing where three different actions with a turn are not to be had', () => {
    const pick = picking(1);
    expect(drawActions([], pick)).toBeUndefined();
    expect(drawActions(['turn_left', 'turn_right'], pick)).toBeUndefined();
    expect(drawActions(['turn_left', 'turn_left', 'blink'], pick)).toBeUndefined();
    expect(drawActions(['look_up', 'look_down', 'blink', 'open_mouth'], pick)).toBeUndefined();
    expect(drawActions(['turn_left', 'look_up', 'blink', 'blink'], pick)).toHaveLength(3);
  });
});

describe('anotherAction', () => {
  it('never takes the last turn away, and never repeats one', () => {
    const pick = picking(3);
    for (let i = 0; i < 2000; i++) {
      const drawn = drawActions(CHALLENGE_ACTIONS, pick)!;
      const skipped = drawn[pick(3)]!;
      const kept = drawn.filter((action) => action !== skipped);
      const another = anotherAction(CHALLENGE_ACTIONS, drawn, kept, pick);
      if (another === undefined) throw new Error('ten actions always leave another one');
      expect(drawn).not.toContain(another);
      expect([...kept, another].some(isTurn)).toBe(true);
    }
  });

  it('finds none when both turns were skipped', () => {
    const used: readonly ChallengeAction[] = ['turn_left', 'turn_right', 'blink', 'look_up'];
    expect(anotherAction(CHALLENGE_ACTIONS, used, ['blink', 'look_up'], picking(4))).toBeUndefined();
  });
});

describe('measurableActions', () => {
  it('leaves out what no network can see', () => {
    expect(measurableActions(CHALLENGE_ACTIONS, {})).toEqual([]);
    expect(measurableActions(CHALLENGE_ACTIONS, { body: 'b' })).toEqual([]);
    expect(measurableActions(CHALLENGE_ACTIONS, { mesh: 'm' })).toHaveLength(6);
    expect(measurableActions(CHALLENGE_ACTIONS, { mesh: 'm', body: 'b' })).toEqual(CHALLENGE_ACTIONS);
  });
});
