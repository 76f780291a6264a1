import { describe, expect, it } from 'vitest';
import {
  GESTURE_IMPOSTORS,
  MEAN_IMPOSTORS,
  POSE_THRESHOLD,
  type PoseDistance,
  poseDistance,
  TAKES_ALIKE,
} from '../../../src/domain/liveness/pose-distance.js';
import { type BodyMotion, bodyMotion, seenBody } from '../../../src/domain/liveness/pose-vector.js';
import type { PoseTake } from '../../../src/domain/liveness/run-order.js';
import { mean, median } from '../../../src/domain/statistics.js';
import { seeded } from '../../support/seeded.js';
import {
  errorRates,
  KNOWN_GESTURE,
  type Scene,
  someBody,
  someGesture,
  someTake,
} from '../../support/synthetic-bodies.js';

const PEOPLE = 40;
const PROBES = 5;

interface Trial {
  readonly genuine: boolean;
  readonly distance: PoseDistance;
  /** The mean of the raw points, as the system that this one must equal compares them. */
  readonly raw: number;
}

const spread = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function rawMean({ frames }: PoseTake): Float64Array {
  const middle = new Float64Array(16);
  for (const { points } of frames)
    for (let i = 0; i < middle.length; i++) middle[i]! += points[3 * (5 + (i >> 1)) + (i % 2)]! / frames.length;
  return middle;
}

/** Everybody's takes against everybody's signature. @param known all make the same gesture, else each an own one */
function trials(seed: number, known: boolean, elsewhere: boolean): readonly Trial[] {
  const draw = seeded(seed);
  const people = Array.from({ length: PEOPLE }, () => ({
    body: someBody(draw),
    gesture: known ? KNOWN_GESTURE : someGesture(draw),
  }));
  const enrolled = people.map(({ body, gesture }) => {
    const takes = Array.from({ length: 5 }, () => someTake(body, gesture, draw));
    const samples: BodyMotion[] = takes.map((take) => bodyMotion(seenBody(take, 12)!, gesture.arm));
    return { template: { arm: gesture.arm, samples }, raws: takes.map(rawMean) };
  });
  const deviation = Array.from({ length: 16 }, (_, i) =>
    spread(enrolled.flatMap(({ raws }) => raws.map((raw) => raw[i]!))),
  );
  return people.flatMap(({ body, gesture }, who) =>
    Array.from({ length: PROBES }, (_, n) => {
      const where = seeded(1000 * who + n);
      const scene: Partial<Scene> = elsewhere
        ? { shoulderPx: 150 * (0.8 + 0.45 * where()), x: 260 + 120 * where(), y: 140 + 120 * where() }
        : {};
      const take = someTake(body, gesture, draw, scene);
      const seen = seenBody(take, 12)!;
      const raw = rawMean(take);
      return enrolled.map(({ template, raws }, other) => ({
        genuine: other === who,
        distance: poseDistance(template, bodyMotion(seen, template.arm))!,
        raw: Math.min(
          ...raws.map((one) => mean(deviation.map((unit, i) => Math.abs(one[i]! - raw[i]!) / (unit + 1e-6)))),
        ),
      }));
    }).flat(),
  );
}

function ratesOf(all: readonly Trial[], score: (trial: Trial) => number, threshold = POSE_THRESHOLD) {
  const of = (genuine: boolean): readonly number[] => all.filter((one) => one.genuine === genuine).map(score);
  return errorRates(of(true), of(false), threshold);
}

const fused = ({ distance }: Trial): number => distance.fused;

describe('error rates on synthetic bodies: they say that the arithmetic works, and nothing about people', () => {
  const known = trials(7, true, false);
  const impostors = known.filter(({ genuine }) => !genuine);

  it('the stated constants are those of the synthetic impostors', () => {
    const posture = impostors.map(({ distance }) => distance.mean);
    const gesture = impostors.map(({ distance }) => distance.gesture);
    expect(Math.abs(median(posture) / MEAN_IMPOSTORS.median - 1)).toBeLessThan(0.1);
    expect(Math.abs(median(gesture) / GESTURE_IMPOSTORS.median - 1)).toBeLessThan(0.1);
    expect(Math.abs(spread(posture) / MEAN_IMPOSTORS.spread - 1)).toBeLessThan(0.15);
    expect(Math.abs(spread(gesture) / GESTURE_IMPOSTORS.spread - 1)).toBeLessThan(0.15);
  });

  it('a gesture that all know gives about the error rate of the published measurement, an own one a smaller', () => {
    const own = trials(7, false, false);
    const [shared, secret] = [ratesOf(known, fused), ratesOf(own, fused)];
    const n = `${PEOPLE} invented bodies, ${known.filter(({ genuine }) => genuine).length} genuine and ${impostors.length} impostor trials`;
    console.log(
      `SYNTHETIC pose signature, ${n}: known gesture EER ${percent(shared.eer)}, at the threshold FRR ${percent(shared.frr)} FAR ${percent(shared.far)}; own gestures EER ${percent(secret.eer)}, FRR ${percent(secret.frr)} FAR ${percent(secret.far)}`,
    );
    expect(shared.eer).toBeLessThan(0.15);
    expect(shared.frr).toBeLessThan(0.2);
    expect(shared.far).toBeLessThan(0.15);
    expect(secret.eer).toBeLessThan(shared.eer);
    expect(secret.far).toBeLessThan(0.02);
  });

  it('it does not matter where the person stands; to the mean of the raw points it does', () => {
    const moved = trials(7, true, true);
    const [here, there] = [ratesOf(known, fused), ratesOf(moved, fused)];
    const [rawHere, rawThere] = [ratesOf(known, ({ raw }) => raw), ratesOf(moved, ({ raw }) => raw)];
    console.log(
      `SYNTHETIC, standing elsewhere: EER ${percent(here.eer)} → ${percent(there.eer)}; mean of raw points ${percent(rawHere.eer)} → ${percent(rawThere.eer)}`,
    );
    for (const [i, trial] of known.entries()) expect(fused(moved[i]!)).toBeCloseTo(fused(trial), 2);
    expect(there.eer).toBeCloseTo(here.eer, 3);
    expect(rawThere.eer).toBeGreaterThan(0.35);
  });

  it('few have to repeat a take of the set-up because it was too unlike those before', () => {
    const draw = seeded(5);
    const bodies = Array.from({ length: 400 }, () => someBody(draw));
    const repeated = [1, 2].map((before) => {
      const unlike = bodies.filter((body) => {
        const [motion, ...samples] = Array.from({ length: before + 1 }, () =>
          bodyMotion(seenBody(someTake(body, KNOWN_GESTURE, draw), 12)!, KNOWN_GESTURE.arm),
        );
        return !(poseDistance({ arm: KNOWN_GESTURE.arm, samples }, motion!)!.fused <= TAKES_ALIKE);
      });
      return unlike.length / bodies.length;
    });
    console.log(`SYNTHETIC set-up, 400 bodies: second take repeated ${repeated.map(percent).join(', third take ')}`);
    expect(repeated[0]).toBeLessThan(0.4);
    expect(repeated[1]).toBeLessThan(repeated[0]!);
  });
});
