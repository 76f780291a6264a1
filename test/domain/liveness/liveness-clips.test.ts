import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Binding } from '../../../src/domain/liveness/binding.js';
import type { LivenessEvidence } from '../../../src/domain/liveness/evidence.js';
import { FrameReader } from '../../../src/domain/liveness/frame-reader.js';
import { LivenessRun } from '../../../src/domain/liveness/liveness-run.js';
import { PassiveWindow } from '../../../src/domain/liveness/passive-window.js';
import type { VisionResult } from '../../../src/domain/observation.js';
import { chooseThreshold } from '../../../src/domain/threshold.js';
import { curvesOf } from '../../../src/packs/calibration.js';
import { hasOpenPack } from '../../packs/models-directory.js';
import { clipFile, clipsPresent } from '../../support/clips.js';
import { ClipMeasures } from '../../support/measured-clips.js';
import { anOrder, SESSION } from '../../support/simulated-run.js';

const missing =
  clipsPresent() && hasOpenPack ? '' : ' (skipped: ../shared/data/liveness or ../shared/models is missing)';
const LIVE = ['tran_real', 'wolf_2'];
const REPLAYED = ['tran_fake', 'wolf_1'];
const FPS = 15;

/** As the configuration's default asks of two frames of one face. */
function sameFace(): number {
  const rates = { verificationFmr: 1e-4, identificationFpir: 1e-2 };
  const choice = chooseThreshold({ curves: curvesOf('open'), photos: 1, mode: '1:1', gallery: 1, ...rates });
  if (choice.kind === 'refused') throw new Error('the pack has no threshold');
  return choice.threshold;
}

/** One run over the clip from a moment on. */
function passiveRun(results: readonly VisionResult[], fromMs: number): LivenessEvidence {
  const from = results.filter(({ capturedAt }) => capturedAt >= fromMs);
  const run = new LivenessRun(
    anOrder(1, { level: 'passive', sameFace: sameFace(), frameIntervalMs: 1000 / FPS, totalMs: 10_000 }),
    from[0]!.capturedAt - 1,
  );
  run.bind(SESSION);
  for (const result of from) {
    run.see(result);
    run.tick(result.capturedAt + 100);
  }
  run.tick(from[0]!.capturedAt + 30_000);
  return run.end!;
}

describe.skipIf(missing !== '')(`recorded clips through the real networks${missing}`, () => {
  let measures: ClipMeasures;
  const plain = new Map<string, readonly VisionResult[]>();
  const meshed = new Map<string, readonly VisionResult[]>();

  beforeAll(async () => {
    measures = await ClipMeasures.load(true);
    const session = { session: SESSION, startAt: 0 };
    for (const [clip, seconds] of [
      ...LIVE.map((one) => [one, 2.5] as const),
      ...REPLAYED.map((one) => [one, 6] as const),
    ])
      plain.set(clip, await measures.results(clipFile(`${clip}.mp4`), FPS, { ...session, seconds }));
    // The living head has turned both ways, risen and lowered by then.
    for (const [clip, seconds] of [
      ['tran_real', 16.5],
      ['wolf_2', 5],
      ['tran_fake', 6],
    ] as const)
      meshed.set(clip, await measures.results(clipFile(`${clip}.mp4`), 10, { ...session, mesh: true, seconds }));
  }, 300_000);
  afterAll(() => measures.dispose());

  it('level passive: both live clips pass from their beginning, in a second and a half', () => {
    for (const clip of LIVE) {
      const { state, reason, gates, durationMs } = passiveRun(plain.get(clip)!, 0);
      expect(`${clip} ${state} ${reason}`).toBe(`${clip} passed ok`);
      expect(durationMs).toBeLessThanOrEqual(1500);
      expect(gates[1]!.score).toBeGreaterThan(0.9);
    }
  });

  it('level passive: both replays are refused, whenever a run begins', () => {
    for (const clip of REPLAYED) {
      const results = plain.get(clip)!;
      const last = results.at(-1)!.capturedAt;
      for (let from = 0; from + 3000 <= last; from += 1000) {
        const { state, gates } = passiveRun(results, from);
        expect(state).not.toBe('passed');
        expect(gates.find(({ gate }) => gate === 'passive')?.state).not.toBe('passed');
      }
      expect(passiveRun(results, 0)).toMatchObject({ state: 'failed', reason: 'looks_like_picture' });
    }
  });

  it('level full: the rule over all windows holds for the live clips and for no replay', () => {
    for (const [clip, results] of meshed) {
      const window = new PassiveWindow({ level: 'full', threshold: 0.5, network: true });
      const reader = new FrameReader({ sameFace: sameFace(), frameIntervalMs: 100 });
      for (const result of results) {
        const reading = reader.read(result);
        if (reading?.angle !== undefined) window.see(reading.frame, reading.angle);
      }
      const live = LIVE.includes(clip);
      expect(`${clip} ${window.result().state}`).toBe(`${clip} ${live ? 'passed' : 'failed'}`);
    }
  });

  it('a live head that turns, rises and lowers stays one track and one face', () => {
    for (const clip of LIVE) {
      const reader = new FrameReader({ sameFace: sameFace(), frameIntervalMs: 100 });
      const binding = new Binding({ sameFace: sameFace() });
      for (const [i, result] of meshed.get(clip)!.entries()) {
        const reading = reader.read(result)!;
        expect(reading.lost).toBeUndefined();
        if (reading.angle !== undefined)
          binding.see(reading.frame, reading.angle, { begun: i >= 10, ...(i >= 10 && { action: 'all' }) });
      }
      expect(binding.result(['all'])).toMatchObject({ state: 'passed', reason: 'ok' });
    }
  });

  it('another person’s template is not the face of a clip', () => {
    const of = (clip: string) => meshed.get(clip)![2]!.faces[0]!.embedding!;
    const passed = (clip: string, template: Float32Array) => {
      const run = new LivenessRun(
        anOrder(1, { level: 'passive', sameFace: sameFace(), reference: { vector: template, threshold: sameFace() } }),
        -1,
      );
      run.bind(SESSION);
      for (const result of plain.get(clip)!) run.see(result);
      return `${run.end?.state} ${run.end?.reason}`;
    };
    expect(passed('tran_real', of('tran_real'))).toBe('passed ok');
    expect(passed('tran_real', of('wolf_2'))).toBe('failed other_face');
  });
});
