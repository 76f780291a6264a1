import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VestibuleError } from '../../src/domain/errors.js';
import type { FaceObservation } from '../../src/domain/observation.js';
import type { Person } from '../../src/domain/person.js';
import { dot, meanUnit } from '../../src/domain/vector.js';
import { ENROLMENT_EXPIRES_MS, OPEN_ENROLMENTS_MAX } from '../../src/people/enrolment.js';
import { withdrawFace } from '../../src/people/enrolment-store.js';
import { CONSENT, enrolledState } from '../fakes/enrolled.js';
import { aFace, aVector } from '../fakes/faces.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
beforeEach(async () => {
  kiosk = await enrolledState();
});
afterEach(() => kiosk.dispose());

/** Bytes of a picture that shows these faces (or cannot be analysed). */
function picture(name: string, faces: readonly FaceObservation[] | Error): Uint8Array {
  kiosk.vision.stills.set(name, faces);
  return Buffer.from(name);
}

async function begun(name = 'Ada'): Promise<string> {
  return kiosk.enrolments.begin({ name, consent: CONSENT }).id;
}

async function withPhotos(who: number, name: string, count = 3): Promise<string> {
  const id = await begun(name);
  for (let which = 1; which <= count; which++) {
    const verdict = await kiosk.enrolments.addPhoto(id, picture(`${name}-${which}`, [aFace({ who, which })]));
    expect(verdict).toMatchObject({ accepted: true, count: which, needed: 3 });
  }
  return id;
}

describe('Enrolments', () => {
  it('stores person and mean of the unit vectors after the pictures needed, and no picture', async () => {
    const id = await withPhotos(1, 'Ada');
    expect([kiosk.people.list(), kiosk.templates.all()]).toEqual([[], []]);
    const { person, similar } = await kiosk.enrolments.commit(id, { duplicates: 'refuse' });
    expect(similar).toEqual([]);
    const samples = [1, 2, 3].map((which) => aVector(1, which));
    expect(kiosk.templates.all()).toEqual([
      expect.objectContaining({ personId: person.id, kind: 'face', vector: meanUnit(samples), samples }),
    ]);
    for (const file of await readdir(kiosk.directory)) {
      if (file.endsWith('.json')) expect(await readFile(join(kiosk.directory, file), 'utf8')).not.toContain('Ada-1');
    }
    await expect(kiosk.enrolments.commit(id, { duplicates: 'warn' })).rejects.toMatchObject({ code: 'input_invalid' });
  });

  it('refuses to commit with too few pictures, unless fewer are asked for', async () => {
    const id = await withPhotos(1, 'Ada', 1);
    await expect(kiosk.enrolments.commit(id, { duplicates: 'refuse' })).rejects.toThrow(/1 of 3/);
    expect(kiosk.people.list()).toEqual([]);
    await kiosk.enrolments.commit(id, { duplicates: 'refuse', minPhotos: 1 });
    expect(kiosk.people.list()).toHaveLength(1);
  });

  it('names the reason of each refused picture and goes on', async () => {
    const id = await withPhotos(1, 'Ada', 1);
    const refused = new VestibuleError('image_refused', 'This is not a JPEG or PNG.');
    const cases: [Uint8Array, string][] = [
      [picture('nobody', []), 'no_face'],
      [picture('two', [aFace({ who: 1 }), aFace({ who: 2, x: 80, height: 120 })]), 'several_faces'],
      [picture('blur', [aFace({ who: 1, quality: { sharpness: 3 } })]), 'blurred'],
      [picture('bomb', refused), 'unreadable'],
      [picture('Ada-1', [aFace({ who: 1, which: 1 })]), 'same_picture'],
      [picture('copy', [aFace({ who: 1, which: 1 })]), 'same_picture'],
      [picture('other', [aFace({ who: 2 })]), 'different_person'],
    ];
    for (const [bytes, reason] of cases)
      expect(await kiosk.enrolments.addPhoto(id, bytes)).toMatchObject({
        accepted: false,
        reason,
        count: 1,
        needed: 3,
      });
    const next = await kiosk.enrolments.addPhoto(id, picture('good', [aFace({ who: 1, which: 2 })]));
    expect(next).toMatchObject({ accepted: true, count: 2, score: dot(aVector(1, 1), aVector(1, 2)) });
  });

  it('passes on that the vision process is away', async () => {
    const id = await begun();
    const bytes = picture('x', new VestibuleError('vision_unavailable', 'It is being restarted.'));
    await expect(kiosk.enrolments.addPhoto(id, bytes)).rejects.toMatchObject({ code: 'vision_unavailable' });
  });

  it('refuses somebody who looks like an enrolled person, or warns', async () => {
    const first = await kiosk.enrol(1, 'Ada');
    const id = await withPhotos(1, 'Eve');
    await expect(kiosk.enrolments.commit(id, { duplicates: 'refuse' })).rejects.toMatchObject({
      code: 'enrolment_refused',
      context: { personId: first.id },
    });
    expect(kiosk.people.list()).toHaveLength(1);
    const { similar } = await kiosk.enrolments.commit(id, { duplicates: 'warn' });
    expect(similar).toEqual([{ personId: first.id, score: expect.closeTo(1, 5), threshold: 0.5 }]);
  });

  it('refuses a pack that the others were not enrolled with', async () => {
    await kiosk.enrol(1, 'Ada');
    kiosk.vision.setStatus({ pack: { id: 'core', hash: `sha256:${'cd'.repeat(32)}`, dim: 32 } });
    const id = await begun('Bob');
    await expect(kiosk.enrolments.addPhoto(id, picture('b', [aFace({ who: 2 })]))).rejects.toMatchObject({
      code: 'pack_mismatch',
    });
  });

  it('does no work without consent or with a name that cannot be shown', () => {
    const { enrolments } = kiosk;
    const none = undefined as unknown as typeof CONSENT;
    expect(() => enrolments.begin({ name: 'Ada', consent: none })).toThrow(/consent/);
    expect(() => enrolments.begin({ name: 'A\u202eda', consent: CONSENT })).toThrow(VestibuleError);
  });

  it('stores no person when the template cannot be stored', async () => {
    const id = await withPhotos(1, 'Ada');
    kiosk.templates.put = () => Promise.reject(new VestibuleError('storage_full', 'The disk is full.'));
    await expect(kiosk.enrolments.commit(id, { duplicates: 'refuse' })).rejects.toMatchObject({ code: 'storage_full' });
    expect(kiosk.people.list()).toEqual([]);
  });

  it('stores one person when two commits come at once', async () => {
    const id = await withPhotos(1, 'Ada');
    const both = await Promise.allSettled([1, 2].map(() => kiosk.enrolments.commit(id, { duplicates: 'warn' })));
    expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
    expect(kiosk.people.list()).toHaveLength(1);
  });

  it('forgets an enrolment that is cancelled or left alone, and limits how many are open', async () => {
    const cancelled = await begun();
    kiosk.enrolments.cancel(cancelled);
    await expect(kiosk.enrolments.addPhoto(cancelled, picture('a', [aFace()]))).rejects.toThrow(/Begin again/);
    const left = await begun();
    kiosk.clock.advance(ENROLMENT_EXPIRES_MS + 1);
    await expect(kiosk.enrolments.addPhoto(left, picture('a', [aFace()]))).rejects.toThrow(/Begin again/);
    for (let i = 0; i < OPEN_ENROLMENTS_MAX; i++) await begun();
    await expect(begun()).rejects.toMatchObject({ code: 'enrolment_refused' });
  });
});

describe('the face of somebody who is there already', () => {
  const given = { textVersion: '2', language: 'de', recordedBy: 'person' } as const;
  const known = (): Promise<Person> => kiosk.people.add({ name: 'Ada', externalId: '17' });

  async function photos(id: string, who: number, count = 3): Promise<void> {
    for (let which = 1; which <= count; which++)
      expect(await kiosk.enrolments.addPhoto(id, picture(`own-${id}-${which}`, [aFace({ who, which })]))).toMatchObject(
        {
          accepted: true,
        },
      );
  }

  it('is stored together with the consent given now; nothing else of the person changes', async () => {
    const ada = await known();
    const { id, needed } = kiosk.enrolments.beginFor(ada.id, given);
    expect(needed).toBe(3);
    expect(kiosk.enrolments.personOf(id)).toBe(ada.id);
    await photos(id, 1);
    expect([kiosk.people.find(ada.id)?.consent, kiosk.templates.all()]).toEqual([undefined, []]);
    const { person } = await kiosk.enrolments.commit(id, { duplicates: 'refuse' });
    expect(person).toEqual({ ...ada, consent: expect.objectContaining(given) });
    expect(kiosk.people.list()).toEqual([person]);
    expect(kiosk.templates.of(ada.id)).toMatchObject([{ kind: 'face', samples: [1, 2, 3].map((i) => aVector(1, i)) }]);
    expect(kiosk.templates.unconfirmed()).toEqual([]);
    expect(kiosk.enrolments.personOf(id)).toBeUndefined();
  });

  it('replaces the former one, which is no duplicate of itself', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const before = kiosk.templates.of(ada.id)[0]!;
    const { id } = kiosk.enrolments.beginFor(ada.id, given);
    await photos(id, 1);
    const { similar } = await kiosk.enrolments.commit(id, { duplicates: 'refuse' });
    expect(similar).toEqual([]);
    expect(kiosk.templates.of(ada.id)).toHaveLength(1);
    expect(kiosk.templates.of(ada.id)[0]!.id).not.toBe(before.id);
    expect(kiosk.people.find(ada.id)?.consent?.textVersion).toBe('2');
  });

  it('is refused when it is the face of somebody else, and changes nothing', async () => {
    const bob = await kiosk.enrol(2, 'Bob');
    const ada = await known();
    const { id } = kiosk.enrolments.beginFor(ada.id, given);
    await photos(id, 2);
    await expect(kiosk.enrolments.commit(id, { duplicates: 'refuse' })).rejects.toMatchObject({
      code: 'enrolment_refused',
      context: { personId: bob.id },
    });
    expect(kiosk.people.find(ada.id)?.consent).toBeUndefined();
    expect(kiosk.templates.of(ada.id)).toEqual([]);
  });

  it('needs an active person, a whole consent, and all pictures', async () => {
    const ada = await known();
    expect(() => kiosk.enrolments.beginFor('p_000000000000', given)).toThrow(/no active person/);
    expect(() => kiosk.enrolments.beginFor(ada.id, { ...given, textVersion: '' })).toThrow(/without consent/);
    const { id } = kiosk.enrolments.beginFor(ada.id, given);
    await photos(id, 1, 2);
    await expect(kiosk.enrolments.commit(id, { duplicates: 'refuse' })).rejects.toThrow(/2 of 3/);
    await kiosk.people.update(ada.id, { active: false });
    expect(() => kiosk.enrolments.beginFor(ada.id, given)).toThrow(/no active person/);
  });

  it('is begun once: a second begin gives up the first, however often', async () => {
    const ada = await known();
    const first = kiosk.enrolments.beginFor(ada.id, given);
    for (let i = 0; i < 2 * OPEN_ENROLMENTS_MAX; i++) kiosk.enrolments.beginFor(ada.id, given);
    await expect(kiosk.enrolments.addPhoto(first.id, picture('x', [aFace()]))).rejects.toThrow(/is over/);
    await begun('Bob');
  });

  it('leaves nothing behind when the person is removed before or during the last step', async () => {
    const erase = async (id: string): Promise<void> => {
      await kiosk.templates.remove(id);
      await kiosk.people.remove(id);
    };
    const ada = await known();
    const before = kiosk.enrolments.beginFor(ada.id, given);
    await photos(before.id, 1);
    await erase(ada.id);
    await expect(kiosk.enrolments.commit(before.id, { duplicates: 'refuse' })).rejects.toMatchObject({
      code: 'person_unknown',
    });
    const bob = await kiosk.people.add({ name: 'Bob' });
    const during = kiosk.enrolments.beginFor(bob.id, given);
    await photos(during.id, 2);
    const put = kiosk.templates.put.bind(kiosk.templates);
    kiosk.templates.put = async (template, options) => {
      await erase(bob.id);
      await put(template, options);
    };
    await expect(kiosk.enrolments.commit(during.id, { duplicates: 'refuse' })).rejects.toMatchObject({
      code: 'person_unknown',
    });
    expect([kiosk.people.list(), kiosk.templates.all(), kiosk.templates.unconfirmed()]).toEqual([[], [], []]);
  });

  it('is withdrawn as easily: template and consent go, the person stays', async () => {
    const ada = await kiosk.enrol(1, 'Ada', { externalId: '17' });
    await withdrawFace(ada.id, kiosk);
    await withdrawFace(ada.id, kiosk);
    expect(kiosk.templates.of(ada.id)).toEqual([]);
    const { consent: _, ...rest } = ada;
    expect(kiosk.people.find(ada.id)).toEqual(rest);
    expect(await readFile(join(kiosk.directory, 'templates.json'), 'utf8')).not.toContain(ada.id);
    await expect(withdrawFace('p_000000000000', kiosk)).rejects.toMatchObject({ code: 'person_unknown' });
  });
});
