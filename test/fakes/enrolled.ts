import { join } from 'node:path';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import { configSchema } from '../../src/config/schema.js';
import type { CalibrationCurve } from '../../src/domain/calibration.js';
import type { Person } from '../../src/domain/person.js';
import { meanUnit } from '../../src/domain/vector.js';
import { Credentials } from '../../src/people/credentials.js';
import { Enrolments } from '../../src/people/enrolment.js';
import { Invitations } from '../../src/people/invitations.js';
import { People } from '../../src/people/people.js';
import { Templates } from '../../src/people/templates.js';
import type { Store } from '../../src/ports/collection.js';
import { aVector } from './faces.js';
import { FakeRandom } from './fake-random.js';
import { FAKE_PACK, FakeVision } from './fake-vision.js';
import { tempState } from './temp-state.js';

export const CONSENT = { textVersion: '1', language: 'en', recordedBy: 'administrator' } as const;

/** Calibration of the fake pack: 1:N is possible for up to 100 persons. */
export const FAKE_CURVES: readonly CalibrationCurve[] = [1, 3].map((photos) => ({
  photos,
  points: [
    { fmr: 1e-2, threshold: 0.3 },
    { fmr: 1e-3, threshold: 0.4 },
    { fmr: 1e-4, threshold: 0.5 },
    { fmr: 1e-5, threshold: 0.6 },
  ],
  evidence: 'made up for tests',
}));

/**
 * Real persons, templates and enrolments on a real state directory, with a vision process that is a fake.
 * @param wrap puts faults of the disk between the rooms and the store
 */
export async function enrolledState(settings: object = {}, wrap: (store: Store) => Store = (store) => store) {
  const state = await tempState();
  const store = wrap(state.store());
  await store.open();
  const clock = state.clock;
  const random = new FakeRandom(3);
  const vision = new FakeVision();
  const keySource = new FileKeySource(join(state.directory, 'template.key'));
  const people = new People({ store, clock, random });
  const templates = new Templates({ store, random, keySource });
  await people.start();
  await templates.start();
  const credentials = new Credentials({ store, random, keySource, clock });
  const invitations = new Invitations({ store, random, clock });
  await credentials.start();
  await invitations.start();
  const config = configSchema.parse({ zone: 'Europe/Berlin', ...settings });
  const curvesOf = (): readonly CalibrationCurve[] => FAKE_CURVES;
  const enrolments = new Enrolments({ vision, people, templates, clock, random, curvesOf, config });

  /** Enrols person `who` of test/fakes/faces.ts without pictures. */
  const enrol = async (
    who: number,
    name: string,
    more: { externalId?: string; recordedBy?: 'demo' } = {},
  ): Promise<Person> => {
    const { externalId, recordedBy = CONSENT.recordedBy } = more;
    const person = await people.add({
      name,
      consent: { ...CONSENT, recordedBy },
      ...(externalId !== undefined && { externalId }),
    });
    const samples = [1, 2, 3].map((which) => aVector(who, which));
    await templates.put({
      id: random.uuid7(),
      personId: person.id,
      kind: 'face',
      pack: FAKE_PACK.id,
      modelHash: FAKE_PACK.hash,
      vector: meanUnit(samples)!,
      samples,
      createdAt: person.createdAt,
    });
    return person;
  };
  const dispose = async (): Promise<void> => {
    await store.close();
    await state.dispose();
  };
  const rooms = { store, clock, random, vision, people, templates, credentials, invitations, enrolments };
  /** A store over the same directory, as after a restart; close the first one before. */
  const nextStore = (): Store => state.store();
  return { directory: state.directory, ...rooms, config, curvesOf, enrol, nextStore, dispose };
}
