import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasConsent } from '../../src/people/consent.js';
import { People } from '../../src/people/people.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';

const consent = { textVersion: '1', language: 'en', recordedBy: 'person' } as const;
let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;
let people: People;

beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  people = new People({ store, clock: state.clock, random: new FakeRandom() });
  await people.start();
});
afterEach(async () => {
  await store.close();
  await state.dispose();
});

describe('People', () => {
  it('keeps a person over a restart, with consent and time', async () => {
    const person = await people.add({ name: ' Ada ', externalId: ' 17 ', consent });
    expect(person).toEqual({
      id: expect.stringMatching(/^p_[0-9a-f]{12}$/),
      name: 'Ada',
      externalId: '17',
      createdAt: '2026-11-21T08:00:00.000Z',
      active: true,
      consent: { ...consent, at: '2026-11-21T08:00:00.000Z' },
    });
    await store.close();
    store = state.store();
    await store.open();
    const again = new People({ store, clock: state.clock, random: new FakeRandom(2) });
    await again.start();
    expect(again.list()).toEqual([person]);
    expect(again.nameOf(person.id)).toBe('Ada');
  });

  it('refuses a name that cannot be shown, an odd number and half a consent, and stores nothing', async () => {
    const bad = [
      { name: 'a\u202eb', consent },
      { name: 'Ada', externalId: '=1+1', consent },
      { name: 'Ada', consent: { ...consent, textVersion: '' } },
      { name: 'Ada', consent: null as unknown as typeof consent },
    ];
    for (const given of bad) await expect(people.add(given)).rejects.toMatchObject({ code: 'input_invalid' });
    expect(people.list()).toEqual([]);
  });

  it('keeps somebody without consent, who may give one later and take it back', async () => {
    const { id, consent: none } = await people.add({ name: 'Ada' });
    expect(none).toBeUndefined();
    expect(hasConsent(people.find(id)!)).toBe(false);
    await people.update(id, { consent });
    expect(hasConsent(people.find(id)!)).toBe(true);
    expect(hasConsent(await people.update(id, { consent: null }))).toBe(false);
    await store.close();
    store = state.store();
    await store.open();
    const again = new People({ store, clock: state.clock, random: new FakeRandom(2) });
    await again.start();
    expect(again.list()).toEqual([{ id, name: 'Ada', createdAt: expect.any(String), active: true }]);
  });

  it('refuses a personnel number twice, at once too', async () => {
    const both = await Promise.allSettled([
      people.add({ name: 'Ada', externalId: '7', consent }),
      people.add({ name: 'Bob', externalId: '7', consent }),
    ]);
    expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
    expect(people.list().map((person) => person.name)).toEqual(['Ada']);
    const eve = await people.add({ name: 'Eve', externalId: '8', consent });
    await expect(people.update(eve.id, { externalId: '7' })).rejects.toMatchObject({ code: 'person_exists' });
  });

  it('changes only what is given and can take the number away', async () => {
    const { id } = await people.add({ name: 'Ada', externalId: '7', consent });
    expect(await people.update(id, { active: false })).toMatchObject({ name: 'Ada', externalId: '7', active: false });
    const { externalId } = await people.update(id, { externalId: null });
    expect(externalId).toBeUndefined();
    expect(people.find(id)?.name).toBe('Ada');
  });

  it('says that an id is unknown', async () => {
    await expect(people.remove('p_000000000000')).rejects.toMatchObject({ code: 'person_unknown' });
    await expect(people.update('p_000000000000', { name: 'x' })).rejects.toMatchObject({ code: 'person_unknown' });
  });

  it('tells listeners after a change, until they end it', async () => {
    let calls = 0;
    const forget = people.onChanged(() => {
      calls += 1;
    });
    const { id } = await people.add({ name: 'Ada', consent });
    await people.remove(id);
    forget();
    await people.add({ name: 'Bob', consent });
    expect(calls).toBe(2);
  });
});
