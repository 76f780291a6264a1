import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaceFactor } from '../../../src/auth/factors/face.js';
import { Identification } from '../../../src/auth/identification.js';
import { watchPresence } from '../../../src/auth/presence.js';
import type { FactorResult } from '../../../src/domain/factor.js';
import type { GuidanceCode } from '../../../src/domain/guidance.js';
import type { FaceObservation } from '../../../src/domain/observation.js';
import { STALE_AFTER_MS } from '../../../src/domain/recognition.js';
import { enrolledState } from '../../fakes/enrolled.js';
import { aFace } from '../../fakes/faces.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let faces: FaceFactor;
beforeEach(async () => {
  kiosk = await enrolledState();
  await kiosk.vision.start();
  faces = factor();
});
afterEach(async () => {
  faces.stop();
  await kiosk.dispose();
});

function factor(more: { consentTextVersion?: string; curvesOf?: typeof kiosk.curvesOf } = {}): FaceFactor {
  const parts = { ...kiosk, ...more };
  return new FaceFactor({
    ...parts,
    identification: new Identification({ ...parts, recognition: kiosk.config.recognition }),
  });
}

interface Heard {
  readonly results: { readonly result: FactorResult; readonly personId: string | undefined }[];
  readonly hints: (GuidanceCode | undefined)[];
  stop(): void;
}

function watch(personId?: string, by: FaceFactor = faces): Heard {
  const results: Heard['results'] = [];
  const hints: Heard['hints'] = [];
  const { stop } = by.watch({
    ...(personId !== undefined && { personId }),
    onResult: (result, found) => results.push({ result, personId: found }),
    onGuidance: (code) => hints.push(code),
  });
  return { results, hints, stop };
}

function see(shown: readonly FaceObservation[], frames = 3): void {
  for (let i = 0; i < frames; i++) {
    kiosk.clock.advance(66);
    kiosk.vision.emit(kiosk.clock.mono(), shown);
  }
}
const REFUSE_FRAMES = Math.ceil(4000 / 66) + 1;
const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the face of a named person', () => {
  it('passes after so many frames as a consensus needs, with everything that led to it', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.enrol(2, 'Bob');
    const heard = watch(ada.id);
    see([aFace({ who: 1 })], 2);
    expect(heard.results).toEqual([]);
    see([aFace({ who: 1 })], 1);
    expect(heard.results).toEqual([
      {
        personId: ada.id,
        result: {
          kind: 'face',
          outcome: 'passed',
          reason: 'ok',
          mode: '1:1',
          gallery: 1,
          score: expect.closeTo(0.99, 1),
          threshold: 0.5,
          fmr: 1e-4,
          model: `sha256:${'ab'.repeat(8)}`,
          at: kiosk.clock.mono(),
        },
      },
    ]);
  });

  it('fails once, after refuseAfterMs of a good face that is somebody else, enrolled or not', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.enrol(2, 'Bob');
    for (const who of [2, 9]) {
      const heard = watch(ada.id);
      see([aFace({ who })], REFUSE_FRAMES - 2);
      expect(heard.results).toEqual([]);
      see([aFace({ who })], 100);
      expect(heard.results).toEqual([
        {
          personId: undefined,
          result: expect.objectContaining({ outcome: 'failed', reason: 'no_match', mode: '1:1', threshold: 0.5 }),
        },
      ]);
      expect(heard.results[0]!.result.score).toBeLessThan(0.5);
    }
  });

  it('uses the threshold of the photographs in the own template', async () => {
    const curvesOf = () =>
      [1, 3].map((photos) => ({
        photos,
        points: [
          { fmr: 1e-3, threshold: 0.2 },
          { fmr: 1e-4, threshold: photos === 1 ? 0.9 : 0.4 },
        ],
        evidence: 'made up for tests',
      }));
    const by = factor({ curvesOf });
    const ada = await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.enrol(2, 'Bob');
    const [template] = kiosk.templates.of(bob.id);
    await kiosk.templates.put({ ...template!, id: 'another', samples: template!.samples.slice(0, 1) });
    const first = watch(ada.id, by);
    see([aFace({ who: 1 })]);
    const second = watch(bob.id, by);
    see([aFace({ who: 2 })]);
    expect([...first.results, ...second.results].map(({ result }) => result.threshold)).toEqual([
      expect.closeTo(0.4, 9),
      expect.closeTo(0.9, 9),
    ]);
    by.stop();
  });

  it('looks the same for somebody who is not there or not active: a good face fails in the same time', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.people.update(ada.id, { active: false });
    for (const id of [ada.id, 'n_0011']) {
      expect(faces.available(id)).toBe(true);
      const heard = watch(id);
      await microtasks();
      see([aFace({ who: 1 })], REFUSE_FRAMES - 2);
      expect(heard.results).toEqual([]);
      see([aFace({ who: 1 })], 2);
      expect(heard.results).toMatchObject([{ result: { outcome: 'failed', reason: 'no_match' } }]);
    }
  });
});

describe('whoever stands there', () => {
  it('is found among all and named only when he passes', async () => {
    await kiosk.enrol(1, 'Ada');
    const bob = await kiosk.enrol(2, 'Bob');
    const heard = watch();
    see([aFace({ who: 2 })]);
    expect(heard.results).toMatchObject([
      { personId: bob.id, result: { outcome: 'passed', mode: '1:N', gallery: 2, fmr: 1e-4 } },
    ]);
    const other = watch();
    see([aFace({ who: 9 })], REFUSE_FRAMES);
    expect(other.results).toMatchObject([{ personId: undefined, result: { outcome: 'failed', reason: 'no_match' } }]);
  });

  it.each([
    ['not_permitted', { active: false }],
    ['consent_missing', { consent: null }],
  ] as const)('fails as %s when the person found may not use the face', async (reason, change) => {
    const ada = await kiosk.enrol(1, 'Ada');
    await kiosk.people.update(ada.id, change);
    const heard = watch();
    see([aFace({ who: 1 })]);
    expect(heard.results).toMatchObject([{ personId: undefined, result: { outcome: 'failed', reason } }]);
  });
});

describe('what never passes', () => {
  it('two people at once, in whatever order and however often (200 sequences)', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    let seed = 7;
    const next = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 16) % below;
    };
    for (let sequence = 0; sequence < 200; sequence++) {
      const heard = watch(sequence % 2 === 0 ? ada.id : undefined);
      for (let i = 0; i < 12; i++) {
        // Never three frames with her alone between two with company.
        see([aFace({ who: 1 })], next(3));
        const height = 90 + next(150);
        see([aFace({ who: 1, x: 200 }), aFace({ who: 2 + next(10), x: 480, height })], 1 + next(3));
      }
      expect(heard.results).toEqual([]);
      heard.stop();
      kiosk.clock.advance(2000);
    }
  });

  it('frames of several people one after the other', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    for (let i = 0; i < 10; i++) {
      see([aFace({ who: 1 })], 2);
      see([aFace({ who: 9 })], 1);
    }
    expect(heard.results).toEqual([]);
  });

  it('a face that cannot be measured, or measures as no number', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    see([aFace({ who: 1, embedding: null })], 200);
    see([aFace({ who: 1, quality: { sharpness: 3 } })], 200);
    expect(heard.results).toEqual([]);
    expect(heard.hints).toContain('blurred');
    for (const embedding of [new Float32Array(32).fill(Number.NaN), new Float32Array(16).fill(0.25)])
      see([aFace({ embedding })], REFUSE_FRAMES + 1);
    expect(heard.results).toMatchObject([{ result: { outcome: 'failed', reason: 'no_match' } }]);
  });

  it('a picture taken before the watch, or too old', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    kiosk.clock.advance(500);
    const heard = watch(ada.id);
    const begun = kiosk.clock.mono();
    for (let i = 0; i < 20; i++) kiosk.vision.emit(begun - 100 + 5 * i, [aFace({ who: 1 })]);
    expect(heard.results).toEqual([]);
    for (let i = 0; i < 4; i++) {
      kiosk.clock.advance(STALE_AFTER_MS + 100);
      kiosk.vision.emit(kiosk.clock.mono() - STALE_AFTER_MS - 1, [aFace({ who: 1 })]);
    }
    expect(heard.results).toEqual([]);
  });

  it('anything after stop, and the former watch once there is a newer one', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const stopped = watch(ada.id);
    see([aFace({ who: 1 })], 2);
    stopped.stop();
    see([aFace({ who: 1 })], 100);
    const former = watch(ada.id);
    see([aFace({ who: 1 })], 2);
    const newer = watch(ada.id);
    former.stop();
    see([aFace({ who: 1 })], 2);
    expect(newer.results).toEqual([]);
    see([aFace({ who: 1 })], 1);
    kiosk.vision.setStatus({ camera: 'lost' });
    await microtasks();
    expect([stopped.results, former.results]).toEqual([[], []]);
    expect(newer.results).toHaveLength(1);
  });
});

describe('time of a good face', () => {
  it('does not run while somebody looks away, is far, or stands beside somebody', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    for (let i = 0; i < 5; i++) {
      see([aFace({ who: 9 })], 10);
      see([aFace({ who: 9, quality: { yaw: 0.6 } })], 60);
      see([aFace({ who: 9 }), aFace({ who: 8, x: 500 })], 60);
      see([], 60);
    }
    expect(heard.results).toEqual([]);
    see([aFace({ who: 9 })], 20);
    expect(heard.results).toMatchObject([{ result: { outcome: 'failed' } }]);
  });

  it('lets a person who looked away pass without beginning anew', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    see([aFace({ who: 1, quality: { pitch: 0.6 } })], 300);
    expect(heard.hints.at(-1)).toBe('look_straight');
    see([aFace({ who: 1 })]);
    expect(heard.results).toMatchObject([{ result: { outcome: 'passed' } }]);
  });

  it('takes the hint back when nobody is seen any more', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    see([aFace({ who: 1, height: 55 })], 8);
    expect(heard.hints).toEqual(['too_far']);
    kiosk.clock.advance(1000);
    expect(heard.hints).toEqual(['too_far', undefined]);
  });
});

describe('an unavailable face', () => {
  const unavailable = { result: { outcome: 'unavailable', reason: 'factor_unavailable' } };

  it.each([
    ['no camera', () => kiosk.vision.setStatus({ camera: 'lost' })],
    ['no vision process', () => kiosk.vision.setStatus({ process: 'restarting', camera: 'lost' })],
    ['another model pack', () => kiosk.vision.setStatus({ pack: { id: 'core', hash: 'sha256:0', dim: 32 } })],
    ['no template', (id: string) => kiosk.templates.remove(id)],
  ])('is said at once, never from inside the call: %s', async (_, spoil) => {
    const ada = await kiosk.enrol(1, 'Ada');
    expect([faces.available(ada.id), faces.available(undefined)]).toEqual([true, true]);
    await spoil(ada.id);
    for (const id of [ada.id, undefined]) {
      expect(faces.available(id)).toBe(false);
      const heard = watch(id);
      expect(heard.results).toEqual([]);
      await microtasks();
      expect(heard.results).toHaveLength(1);
      expect(heard.results[0]!.result.outcome).not.toBe('passed');
      expect(heard.results[0]!.result).toMatchObject({ outcome: 'unavailable', reason: 'factor_unavailable' });
      see([aFace({ who: 1 })], 10);
      expect(heard.results).toHaveLength(1);
    }
  });

  it('is said without consent, and when the rate asked for lies beyond the calibration', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const strict = factor({ consentTextVersion: '2' });
    const heard = watch(ada.id, strict);
    await microtasks();
    expect(heard.results).toMatchObject([{ result: { outcome: 'unavailable', reason: 'consent_missing' } }]);
    const coarse = factor({ curvesOf: () => [{ photos: 1, points: [{ fmr: 1e-2, threshold: 0.1 }], evidence: '' }] });
    expect([coarse.ready(), coarse.available(ada.id), coarse.available(undefined)]).toEqual([true, false, false]);
  });

  it('ends a watch in the middle: the camera is lost, the template or the consent goes', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const lost = watch(ada.id);
    see([aFace({ who: 1 })], 2);
    kiosk.vision.setStatus({ camera: 'lost' });
    expect(lost.results).toMatchObject([unavailable]);
    kiosk.vision.setStatus({ camera: 'running' });
    const withdrawn = watch(ada.id);
    see([aFace({ who: 1 })], 2);
    await kiosk.people.update(ada.id, { consent: null });
    see([aFace({ who: 1 })], 3);
    expect(withdrawn.results).toMatchObject([{ result: { outcome: 'unavailable', reason: 'consent_missing' } }]);
  });

  it('does not pass for somebody who was removed between two frames', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    see([aFace({ who: 1 })], 2);
    await kiosk.templates.remove(ada.id);
    await kiosk.people.remove(ada.id);
    see([aFace({ who: 1 })], REFUSE_FRAMES);
    expect(heard.results).toMatchObject([{ personId: undefined, result: { outcome: 'failed', reason: 'no_match' } }]);
  });

  it('is a machine too slow to recognise anybody', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const heard = watch(ada.id);
    for (let i = 0; i < 12; i++) {
      kiosk.clock.advance(1500);
      kiosk.vision.emit(kiosk.clock.mono() - 1400, [aFace({ who: 1 })]);
    }
    expect(heard.results).toMatchObject([unavailable]);
    expect(faces.ready()).toBe(false);
  });
});

describe('presence', () => {
  it('is a near face in a fresh picture, whoever it is', () => {
    let seen = 0;
    watchPresence(kiosk, () => {
      seen += 1;
    });
    kiosk.clock.advance(5000);
    const now = kiosk.clock.mono();
    kiosk.vision.emit(now, []);
    kiosk.vision.emit(now, [aFace({ height: 40 })]);
    kiosk.vision.emit(now - STALE_AFTER_MS - 1, [aFace()]);
    expect(seen).toBe(0);
    kiosk.vision.emit(now, [aFace({ embedding: null }), aFace({ x: 500 })]);
    expect(seen).toBe(1);
  });
});
