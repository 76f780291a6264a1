import { describe, expect, it, vi } from 'vitest';
import { headMeasures } from '../../../src/domain/liveness/head-measures.js';
import { fitHomography, homographyResidual } from '../../../src/domain/liveness/homography.js';
import { smallestEigenvector } from '../../../src/domain/liveness/jacobi.js';
import { MESH } from '../../../src/domain/liveness/mesh-points.js';
import { meshMovement, planarityResidual } from '../../../src/domain/liveness/planarity.js';
import { TURN_ASYMMETRY, TURN_RESIDUAL, TURN_YAW_DEGREES } from '../../../src/domain/liveness/turn-rule.js';
import { median } from '../../../src/domain/statistics.js';
import { gaussian, seeded } from '../../support/seeded.js';
import { type HeadPose, headMesh, type Noise } from '../../support/synthetic-head.js';

/** Many trials: a busy machine may take its time. */
vi.setConfig({ testTimeout: 120_000 });

const noise = (seed: number, px = 1): Noise => ({ px, gaussian: gaussian(seeded(seed)) });

interface Change {
  readonly yaw: number;
  readonly asymmetry: number;
  readonly vertical: number;
  readonly residual: number;
}

function change(pose: HeadPose, seed: number): Change {
  const shake = noise(seed);
  const rest = headMesh(pose.flat === undefined ? {} : { flat: pose.flat }, shake);
  const now = headMesh(pose, shake);
  const [a, b] = [headMeasures(rest)!, headMeasures(now)!];
  return {
    yaw: b.yawDegrees - a.yawDegrees,
    asymmetry: b.asymmetry - a.asymmetry,
    vertical: b.verticalAsymmetry - a.verticalAsymmetry,
    residual: planarityResidual(rest, now)!,
  };
}

describe('homography', () => {
  const square = Float64Array.from([0, 0, 100, 5, 98, 120, -3, 90, 40, 44, 70, 20]);
  const map = [1.1, 0.1, 30, -0.2, 0.9, -12, 0.0006, -0.0004, 1];
  const mapped = Float64Array.from(square, (_, k) => {
    const x = square[k & ~1]!;
    const y = square[k | 1]!;
    const w = map[6]! * x + map[7]! * y + map[8]!;
    return k % 2 === 0 ? (map[0]! * x + map[1]! * y + map[2]!) / w : (map[3]! * x + map[4]! * y + map[5]!) / w;
  });

  it('finds the map of points of a plane', () => {
    const h = fitHomography(square, mapped)!;
    for (const [i, value] of map.entries()) expect(h[i]! / h[8]!).toBeCloseTo(value, 6);
    expect(homographyResidual(h, square, mapped)).toBeLessThan(1e-6);
  });

  it('answers nothing for too few points, for one place, for numbers that are none', () => {
    expect(fitHomography(square.subarray(0, 6), mapped.subarray(0, 6))).toBeUndefined();
    expect(fitHomography(new Float64Array(12).fill(7), mapped)).toBeUndefined();
    expect(
      fitHomography(
        Float64Array.from(square, (v, i) => (i === 3 ? Number.NaN : v)),
        mapped,
      ),
    ).toBeUndefined();
    expect(fitHomography(square, mapped.subarray(0, 10))).toBeUndefined();
  });

  it('the smallest eigenvector is right where eigenvalues are almost equal, and for no matrix of numbers it says nothing', () => {
    const random = seeded(5);
    for (let trial = 0; trial < 50; trial++) {
      const size = 9;
      const rows = Array.from({ length: 12 }, () => Float64Array.from({ length: size }, () => random() - 0.5));
      const m = new Float64Array(size * size);
      for (const row of rows) for (let i = 0; i < m.length; i++) m[i]! += row[Math.floor(i / size)]! * row[i % size]!;
      const kept = m.slice();
      const v = smallestEigenvector(m, size)!;
      const image = Array.from(v, (_, r) => v.reduce((sum, value, c) => sum + kept[r * size + c]! * value, 0));
      const value = image.reduce((sum, one, i) => sum + one * v[i]!, 0);
      for (const [i, one] of image.entries()) expect(one).toBeCloseTo(value * v[i]!, 9);
      // No direction has less.
      for (let other = 0; other < 20; other++) {
        const w = Float64Array.from({ length: size }, () => random() - 0.5);
        const square = w.reduce((sum, one) => sum + one * one, 0);
        const energy = w.reduce((s, one, r) => s + one * w.reduce((t, two, c) => t + kept[r * size + c]! * two, 0), 0);
        expect(energy / square).toBeGreaterThanOrEqual(value - 1e-9);
      }
    }
    expect(smallestEigenvector(Float64Array.from([1, Number.NaN, Number.NaN, 1]), 2)).toBeUndefined();
  });
});

describe('measures of a head', () => {
  it('yaw is positive to the person’s left, pitch positive down, and the nose goes with them', () => {
    const rest = headMeasures(headMesh())!;
    const left = headMeasures(headMesh({ yaw: 20 }))!;
    const right = headMeasures(headMesh({ yaw: -20 }))!;
    const down = headMeasures(headMesh({ pitch: 20 }))!;
    const up = headMeasures(headMesh({ pitch: -20 }))!;
    expect(rest.yawDegrees).toBeCloseTo(0, 3);
    expect(left.yawDegrees).toBeGreaterThan(10);
    expect(left.asymmetry).toBeGreaterThan(0.15);
    expect(right.yawDegrees).toBeCloseTo(-left.yawDegrees, 3);
    expect(right.asymmetry).toBeCloseTo(-left.asymmetry, 3);
    expect(down.pitchDegrees).toBeGreaterThan(rest.pitchDegrees + 10);
    expect(down.verticalAsymmetry).toBeGreaterThan(rest.verticalAsymmetry + 0.12);
    expect(up.verticalAsymmetry).toBeLessThan(rest.verticalAsymmetry - 0.12);
  });

  it('yaw is what the calibration says: the tangent of the true angle divided by one and a half', () => {
    for (const yaw of [5, 10, 15, 20, 30]) {
      const expected = (Math.atan(Math.tan((yaw * Math.PI) / 180) / 1.5) * 180) / Math.PI;
      expect(Math.abs(headMeasures(headMesh({ yaw, z: 20 }))!.yawDegrees - expected)).toBeLessThan(0.3);
    }
  });

  it('asymmetry does not change with roll, place and distance', () => {
    const a = headMeasures(headMesh({ yaw: 15 }))!;
    const rolled = headMeasures(headMesh({ yaw: 15, roll: 25 }))!;
    expect(rolled.asymmetry).toBeCloseTo(a.asymmetry, 2);
    expect(Math.abs(rolled.rollDegrees - a.rollDegrees)).toBeGreaterThan(15);
    const small = headMeasures(headMesh({ z: 1 }))!;
    expect(small.eyeOpening).toBeCloseTo(headMeasures(headMesh())!.eyeOpening, 2);
    expect(small.eyeDistancePx).toBeLessThan(0.55 * a.eyeDistancePx);
  });

  it('eyes and mouth open and close', () => {
    const opening = [0, 0.5, 1].map((eyes) => headMeasures(headMesh({ eyes }))!.eyeOpening);
    expect(opening[0]).toBeLessThan(0.02);
    expect(opening[1]! / opening[2]!).toBeCloseTo(0.5, 2);
    expect(headMeasures(headMesh())!.mouthOpening).toBeLessThan(0.05);
    expect(headMeasures(headMesh({ mouth: 1 }))!.mouthOpening).toBeGreaterThan(0.5);
  });

  it('a mesh that is not whole, collapsed or not of numbers was not measured', () => {
    const good = headMesh();
    const turned = headMesh({ yaw: 20 });
    const broken = { ...turned, points: turned.points.map((v, i) => (i === 3 * 454 ? Number.NaN : v)) };
    const short = { ...turned, points: turned.points.slice(0, 1000) };
    const collapsed = { ...turned, points: new Float32Array(3 * MESH.count).fill(100) };
    for (const bad of [broken, short, collapsed]) {
      expect(headMeasures(bad)).toBeUndefined();
      expect(planarityResidual(good, bad)).toBeUndefined();
      expect(planarityResidual(bad, good)).toBeUndefined();
    }
    expect(headMeasures({ ...good, sidePx: 0 })).toBeUndefined();
    expect(meshMovement(collapsed, good)).toBeUndefined();
  });
});

describe('planarity', () => {
  it('a head leaves the plane the more the further it turns; paper with the same points does not (1 px noise)', () => {
    const rows: string[] = [];
    const medians = (pose: HeadPose): { change: Change; all: Change[] } => {
      const all = Array.from({ length: 60 }, (_, seed) => change(pose, seed));
      const of = (name: keyof Change): number => median(all.map((one) => one[name]));
      return {
        change: { yaw: of('yaw'), asymmetry: of('asymmetry'), vertical: of('vertical'), residual: of('residual') },
        all,
      };
    };
    const heads = [10, 15, 20, 30].map((yaw) => {
      const head = medians({ yaw }).change;
      const flat = medians({ yaw, flat: 'network' }).change;
      rows.push(
        `yaw ${yaw}: residual ${head.residual.toFixed(3)} (flat ${flat.residual.toFixed(3)}), asymmetry ${head.asymmetry.toFixed(2)} (flat ${flat.asymmetry.toFixed(3)}), reported ${head.yaw.toFixed(1)} (flat ${flat.yaw.toFixed(1)})`,
      );
      expect(flat.residual).toBeGreaterThan(0.012);
      expect(flat.residual).toBeLessThan(0.024);
      return head;
    });
    for (const pitch of [10, 15, 20]) {
      const head = medians({ pitch }).change;
      const flat = medians({ pitch, flat: 'network' }).change;
      rows.push(
        `pitch ${pitch}: residual ${head.residual.toFixed(3)} (flat ${flat.residual.toFixed(3)}), vertical ${head.vertical.toFixed(2)} (flat ${flat.vertical.toFixed(3)})`,
      );
    }
    console.log(rows.join('\n'));
    for (const [i, head] of heads.slice(1).entries()) expect(head.residual).toBeGreaterThan(heads[i]!.residual);
    expect(heads[3]!.residual).toBeGreaterThan(TURN_RESIDUAL);
    expect(heads[3]!.asymmetry).toBeGreaterThan(TURN_ASYMMETRY);
    expect(heads[3]!.yaw).toBeGreaterThan(TURN_YAW_DEGREES);
  });

  it('paper never passes the turn rule in a single frame, tilted to 45°, shifted and brought nearer: 2,000 trials', () => {
    let greatestResidual = 0;
    const random = seeded(77);
    const between = (a: number, b: number): number => a + (b - a) * random();
    for (let trial = 0; trial < 2000; trial++) {
      const pose: HeadPose = {
        yaw: between(-45, 45),
        pitch: between(-45, 45),
        roll: between(-20, 20),
        x: between(-0.1, 0.1),
        y: between(-0.05, 0.05),
        z: between(0.4, 0.7),
        flat: trial % 2 === 0 ? 'network' : 'true',
      };
      const { yaw, asymmetry, residual } = change(pose, trial);
      greatestResidual = Math.max(greatestResidual, residual);
      const passes = Math.abs(yaw) >= 10 && Math.abs(asymmetry) >= 0.12 && residual >= 0.05;
      expect(passes, JSON.stringify(pose)).toBe(false);
    }
    console.log(`greatest residual of paper in 2,000 trials: ${greatestResidual.toFixed(3)}`);
    expect(greatestResidual).toBeLessThan(TURN_RESIDUAL);
  });

  it('lips do not count: a talking mouth in a still face leaves the residual where it was', () => {
    const still = planarityResidual(headMesh(), headMesh())!;
    expect(still).toBeLessThan(1e-6);
    expect(planarityResidual(headMesh(), headMesh({ mouth: 1 }))!).toBeLessThan(1e-6);
  });

  it('movement counts panning, zooming and tilting in eye distances', () => {
    const rest = headMesh({ flat: 'true' });
    expect(meshMovement(rest, rest)!).toBeCloseTo(0, 6);
    expect(meshMovement(rest, headMesh({ flat: 'true', x: 0.045 }))!).toBeCloseTo(0.5, 2);
    expect(meshMovement(rest, headMesh({ flat: 'true', z: 0.35 }))!).toBeGreaterThan(0.25);
    expect(meshMovement(rest, headMesh({ flat: 'true', yaw: 40 }))!).toBeGreaterThan(0.4);
    expect(meshMovement(rest, headMesh({ flat: 'true', yaw: 15 }))!).toBeLessThan(0.15);
  });
});
