import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Identification } from '../../src/auth/identification.js';
import type { CalibrationCurve } from '../../src/domain/calibration.js';
import { meanUnit } from '../../src/domain/vector.js';
import { CONSENT, enrolledState } from '../fakes/enrolled.js';
import { aVector } from '../fakes/faces.js';
import { FAKE_PACK } from '../fakes/fake-vision.js';

/** As in the open pack: templates of three photographs need a higher threshold, and were measured less far. */
const CURVES: readonly CalibrationCurve[] = [
  {
    photos: 1,
    points: [
      { fmr: 1e-4, threshold: 0.4 },
      { fmr: 1e-6, threshold: 0.6 },
    ],
    evidence: 'made up: one',
  },
  {
    photos: 3,
    points: [
      { fmr: 1e-4, threshold: 0.5 },
      { fmr: 1e-5, threshold: 0.55 },
    ],
    evidence: 'made up: three',
  },
];

describe('Identification', () => {
  let kiosk: Awaited<ReturnType<typeof enrolledState>>;
  beforeEach(async () => {
    kiosk = await enrolledState();
  });
  afterEach(() => kiosk.dispose());

  async function enrol(who: number, photos: number): Promise<void> {
    const person = await kiosk.people.add({ name: `Person ${who}`, consent: CONSENT });
    const samples = Array.from({ length: photos }, (_, i) => aVector(who, i + 1));
    await kiosk.templates.put({
      id: `template-${who}`,
      personId: person.id,
      kind: 'face',
      pack: FAKE_PACK.id,
      modelHash: FAKE_PACK.hash,
      vector: meanUnit(samples)!,
      samples,
      createdAt: person.createdAt,
    });
  }

  const identification = (identificationFpir: number): Identification =>
    new Identification({
      ...kiosk,
      curvesOf: () => CURVES,
      recognition: { ...kiosk.config.recognition, identificationFpir },
    });

  it('takes the strictest threshold of all kinds of templates in the gallery', async () => {
    await enrol(1, 1);
    expect(identification(1e-3).status().threshold).toBeCloseTo(0.4);
    await enrol(2, 3);
    expect(identification(1e-3).status().threshold).toBeCloseTo(0.5);
  });

  it('refuses where one kind of template was not measured far enough', async () => {
    await enrol(1, 1);
    expect(identification(2e-6).status().identification).toBe('ready');
    await enrol(2, 3);
    const status = identification(2e-6).status();
    expect(status.identification).toBe('refused');
    expect(status.reason).toContain('identificationFpir');
  });
});
