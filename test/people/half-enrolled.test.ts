import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileKeySource } from '../../src/adapters/key-source-file.js';
import { VestibuleError } from '../../src/domain/errors.js';
import { removeHalfEnrolled } from '../../src/people/half-enrolled.js';
import { People } from '../../src/people/people.js';
import { Templates } from '../../src/people/templates.js';
import { CONSENT, enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { FillingDisk } from '../fakes/filling-disk.js';

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let disk: FillingDisk;

beforeEach(async () => {
  disk = new FillingDisk();
  kiosk = await enrolledState({}, disk.on);
});
afterEach(() => kiosk.dispose());

/** Takes three pictures of person `who` of test/fakes/faces.ts and commits. */
async function enrol(who: number, externalId: string) {
  const { id } = kiosk.enrolments.begin({ name: `Person ${who}`, externalId, consent: CONSENT });
  for (const which of [1, 2, 3]) {
    kiosk.vision.stills.set(`${who}-${which}`, [aFace({ who, which })]);
    await kiosk.enrolments.addPhoto(id, Buffer.from(`${who}-${which}`));
  }
  return kiosk.enrolments.commit(id, { duplicates: 'refuse' });
}

/** Persons and templates as after a restart on a disk with space. */
async function restarted() {
  await kiosk.store.close();
  disk.writesLeft = Number.POSITIVE_INFINITY;
  const store = kiosk.nextStore();
  await store.open();
  try {
    const people = new People({ store, clock: kiosk.clock, random: kiosk.random });
    const keySource = new FileKeySource(join(kiosk.directory, 'template.key'));
    const templates = new Templates({ store, random: new FakeRandom(9), keySource });
    await people.start();
    await templates.start();
    const before = templates.all().map(({ personId }) => personId);
    const removed = await removeHalfEnrolled({ people, templates });
    const again = await removeHalfEnrolled({ people, templates });
    expect(again).toEqual([]);
    const text = (await store.readText('templates.json')) ?? '';
    const previous = (await store.readText('templates.json.prev')) ?? '';
    return {
      persons: people.list().map(({ id }) => id),
      templates: templates.all().map(({ personId }) => personId),
      before,
      removed,
      text,
      previous,
    };
  } finally {
    await store.close();
  }
}

describe('an enrolment while the disk fills', () => {
  it('stores nothing when the first write fails', async () => {
    disk.writesLeft = 0;
    await expect(enrol(1, 'E1')).rejects.toMatchObject({ code: 'storage_full' });
    expect(await restarted()).toMatchObject({ persons: [], templates: [], removed: [] });
  });

  it('leaves no person when the second write fails and taking back fails too', async () => {
    await enrol(2, 'E2');
    disk.writesLeft = 1;
    await expect(enrol(1, 'E1')).rejects.toMatchObject({ code: 'storage_full', message: /people\.json/ });
    expect(kiosk.people.withExternalId('E1')).toBeUndefined();
    expect(kiosk.people.list()).toHaveLength(1);
  });

  it('neither blocks the number nor counts as a duplicate when there is space again', async () => {
    disk.writesLeft = 1;
    await expect(enrol(1, 'E1')).rejects.toMatchObject({ code: 'storage_full' });
    disk.writesLeft = Number.POSITIVE_INFINITY;
    const { person, similar } = await enrol(1, 'E1');
    expect(similar).toEqual([]);
    const after = await restarted();
    expect(after.persons).toEqual([person.id]);
    expect(after.templates).toEqual([person.id]);
    expect(after.removed).toHaveLength(1);
  });

  it('shreds the template without a person at the next start, and nobody else', async () => {
    const { person } = await enrol(2, 'E2');
    disk.writesLeft = 1;
    await expect(enrol(1, 'E1')).rejects.toMatchObject({ code: 'storage_full' });
    const after = await restarted();
    expect(after.before).toHaveLength(2);
    expect(after.templates).toEqual([person.id]);
    expect(after.removed).toHaveLength(1);
    expect(after.text).not.toContain(after.removed[0]);
    expect(after.text).toContain(person.id);
    // The previous copy may hold the sealed record, but never the key that opens it.
    expect(after.previous).not.toContain(`"${after.removed[0]}":{`);
  });

  it('removes the template at once when only the entry of the person was refused', async () => {
    await enrol(2, 'E2');
    kiosk.people.add = () => Promise.reject(new VestibuleError('person_exists', 'The number is taken.'));
    await expect(enrol(1, 'E1')).rejects.toMatchObject({ code: 'person_exists' });
    expect(kiosk.templates.all()).toHaveLength(1);
    expect(await restarted()).toMatchObject({ removed: [] });
  });

  it('stands when template and person are stored and only the mark could not be taken away', async () => {
    disk.writesLeft = 2;
    const { person } = await enrol(1, 'E1');
    expect(disk.tried).toEqual(['templates.json', 'people.json', 'templates.json']);
    expect(await restarted()).toMatchObject({ persons: [person.id], templates: [person.id], removed: [] });
  });
});

describe('removeHalfEnrolled', () => {
  it('never touches the template of a finished enrolment, even when people.json is gone', async () => {
    const { person } = await enrol(1, 'E1');
    await enrol(2, 'E2');
    await kiosk.store.remove('people.json');
    const after = await restarted();
    expect(after.persons).toEqual([]);
    expect(after.removed).toEqual([]);
    expect(after.templates).toContain(person.id);
    expect(after.templates).toHaveLength(2);
  });
});
