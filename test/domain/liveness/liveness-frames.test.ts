import { describe, expect, it } from 'vitest';
import type { LivenessEvidence } from '../../../src/domain/liveness/evidence.js';
import type { VisionResult } from '../../../src/domain/observation.js';
import { seeded } from '../../support/seeded.js';
import type { Moment } from '../../support/simulated-person.js';
import {
  type Actor,
  BEGAN_AT,
  Cooperating,
  type RunOptions,
  type Screen,
  simulate,
} from '../../support/simulated-run.js';

type Channel = NonNullable<RunOptions['channel']>;
const LATENCY_MS = 120;

/** What may happen to results between camera and gates. */
const MENDS: Readonly<Record<string, (seed: number) => Channel>> = {
  'a fifth of them lost': (seed) => {
    const random = seeded(seed);
    return (result, at) => (random() < 0.2 ? [] : [{ result, at: at + LATENCY_MS }]);
  },
  'half of them lost': (seed) => {
    const random = seeded(seed);
    return (result, at) => (random() < 0.5 ? [] : [{ result, at: at + LATENCY_MS }]);
  },
  'some twice': (seed) => {
    const random = seeded(seed);
    return (result, at) => [
      { result, at: at + LATENCY_MS },
      ...(random() < 0.4 ? [{ result, at: at + LATENCY_MS + 10 }] : []),
    ];
  },
  'delivered late': (seed) => {
    const random = seeded(seed);
    let free = 0;
    return (result, at) => {
      free = Math.max(free, at + LATENCY_MS + 400 * random());
      return [{ result, at: free }];
    };
  },
  'taken late: their times are pushed back': (seed) => {
    const random = seeded(seed);
    let pushed = 0;
    return (result, at) => {
      pushed += 40 * random();
      return [{ result: { ...result, capturedAt: result.capturedAt + pushed }, at: at + pushed + LATENCY_MS }];
    };
  },
  'in another order': (seed) => {
    const random = seeded(seed);
    return (result, at) => [{ result, at: at + LATENCY_MS + (random() < 0.3 ? 150 : 0) }];
  },
  'in another order with the right times': (seed) => {
    const random = seeded(seed);
    let kept: VisionResult | undefined;
    // Neighbours change their contents and keep their times.
    return (result, at) => {
      const before = kept;
      kept = undefined;
      if (before === undefined && random() < 0.3) {
        kept = result;
        return [];
      }
      if (before === undefined) return [{ result, at: at + LATENCY_MS }];
      const first = { ...result, seq: before.seq, capturedAt: before.capturedAt };
      const second = { ...before, seq: result.seq, capturedAt: result.capturedAt };
      return [
        { result: first, at: at + LATENCY_MS },
        { result: second, at: at + LATENCY_MS },
      ];
    };
  },
};

const looking = (moment: Moment, appearance: object): Moment => ({
  ...moment,
  people: moment.people.map((one) => ({ ...one, appearance: { ...one.appearance, ...appearance } })),
});
const shown = (change: (moment: Moment, sinceMs: number, screen: Screen) => Moment): (() => Actor) => {
  return () => {
    const one = new Cooperating();
    return { moment: (at, screen) => change(one.moment(at, screen), at - BEGAN_AT, screen) };
  };
};

/** Runs that fail, each by another thing. */
const FAILURES: Readonly<Record<string, () => Actor>> = {
  'moves before the prompt': () => new Cooperating({ reactionMs: -300 }),
  'moves too late': () => new Cooperating({ reactionMs: 2800 }),
  'does something else': () =>
    new Cooperating({ answer: ({ action }) => (action === 'turn_left' ? 'turn_right' : 'turn_left') }),
  'does nothing': () => new Cooperating({ answer: () => undefined }),
  'changes the face': shown((moment, since) => looking(moment, { who: since < 2000 ? 1 : 2 })),
  'is a picture': shown((moment) => looking(moment, { live: 0.03 })),
  'is a flat picture': shown((moment, since) => looking(moment, { flat: true, shift: 0.05 * Math.sin(since / 400) })),
  'stands there with somebody': shown((moment) => ({
    people: [...moment.people, { posture: {}, appearance: { who: 3, live: 0.9, shift: 0.15 } }],
  })),
  'is frozen': shown((moment) => ({ ...moment, capture: { longestRepeat: 9 } })),
  'begins anew': shown((moment) => ({ ...moment, capture: { looped: 9 } })),
};

const answer = ({ state, reason }: LivenessEvidence): string => `${state} ${reason}`;

describe('results that are lost, doubled, late or in another order', () => {
  it.each(Object.entries(FAILURES))('never make a pass of somebody who %s', (_name, actor) => {
    for (const level of ['passive', 'full'] as const) {
      // Level passive asks for no action; who only does those wrongly passes it.
      const plain = simulate({ seed: 2, order: { level }, actor: actor() }).evidence;
      if (level === 'passive' && plain.state === 'passed') continue;
      expect(plain.state).not.toBe('passed');
      for (const mend of Object.values(MENDS))
        for (let seed = 1; seed <= 2; seed++) {
          const { evidence } = simulate({ seed: 2, order: { level }, actor: actor(), channel: mend(seed) });
          expect(evidence.state).not.toBe('passed');
        }
    }
  });

  it('a result that comes twice changes nothing', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const once = simulate({ seed, actor: new Cooperating() }).evidence;
      const twice = simulate({ seed, actor: new Cooperating(), channel: MENDS['some twice']!(seed) }).evidence;
      expect(twice).toEqual(once);
    }
  });

  it('an older frame after a newer one fails, whoever stands there', () => {
    const evidence = simulate({ seed: 2, actor: new Cooperating(), channel: MENDS['in another order']!(1) }).evidence;
    expect(answer(evidence)).toBe('failed frames_missing');
  });

  it('a cooperating person passes though a fifth of the frames is lost or they come late', () => {
    for (const name of ['a fifth of them lost', 'delivered late']) {
      let passed = 0;
      for (let seed = 1; seed <= 10; seed++)
        if (simulate({ seed, actor: new Cooperating(), channel: MENDS[name]!(seed) }).evidence.state === 'passed')
          passed++;
      expect(passed).toBeGreaterThanOrEqual(8);
    }
  });
});
