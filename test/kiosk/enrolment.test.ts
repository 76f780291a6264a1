import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttendFlow } from '../../src/auth/attend-flow.js';
import { Decisions } from '../../src/auth/decisions.js';
import type { EnrolmentRequest } from '../../src/http/contract.js';
import { KioskEnrolment } from '../../src/kiosk-enrolment.js';
import { PAGE_CONSENT_TEXT_VERSION } from '../../src/people/consent.js';
import type { Punches } from '../../src/ports/punches.js';
import { enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';

const punches: Punches = {
  plan: () => ({ kind: 'record', direction: 'check_in' }),
  record: () => Promise.reject(new Error('nobody punches here')),
};

let kiosk: Awaited<ReturnType<typeof enrolledState>>;
let flow: AttendFlow;
let desk: KioskEnrolment;
beforeEach(async () => {
  kiosk = await enrolledState();
  const decisions = new Decisions({ store: kiosk.store, clock: kiosk.clock, zone: 'Europe/Berlin' });
  flow = new AttendFlow({ ...kiosk, punches, decisions });
  desk = new KioskEnrolment({ enrolments: kiosk.enrolments, flow, clock: kiosk.clock, openToAll: () => true });
});
afterEach(async () => {
  await flow.stop();
  await kiosk.dispose();
});

const request = (textVersion: string): EnrolmentRequest => ({
  name: 'Ada Lovelace',
  consent: { accepted: true, textVersion, language: 'en' },
});
const person = { from: 'loopback', admin: false } as const;
const administrator = { from: 'loopback', admin: true } as const;

describe('the version of the consent text', () => {
  it('must be the present one at the page', async () => {
    for (const version of ['2025-01-01', '1', 'on-file', '2099-01-01']) {
      await expect(desk.begin(request(version), person)).rejects.toMatchObject({
        code: 'input_invalid',
        message: expect.stringMatching(/Reload the page and begin again/),
      });
    }
    expect(await desk.begin(request(PAGE_CONSENT_TEXT_VERSION), person)).toMatchObject({ needed: 3 });
  });

  it('is recorded as an administrator says it', async () => {
    const { id } = await desk.begin(request('signed-2019'), administrator);
    kiosk.vision.stills.set('picture', [aFace()]);
    expect(await desk.addPhoto(id, Buffer.from('picture'))).toMatchObject({ accepted: true });
    const { person: enrolled } = await desk.commit(id);
    expect(kiosk.people.find(enrolled.id)?.consent).toMatchObject({
      textVersion: 'signed-2019',
      recordedBy: 'administrator',
    });
  });
});

describe('a face for somebody who is known without one', () => {
  const forHim = (personId: string) => ({ ...request('signed-2019'), personId });

  it('is given by an administrator, keeps name and number, and is not given twice', async () => {
    const known = await kiosk.people.add({ name: 'Cy Twombly', externalId: '17' });
    const before = kiosk.people.list().length;
    const { id } = await desk.begin(forHim(known.id), administrator);
    kiosk.vision.stills.set('picture', [aFace()]);
    await desk.addPhoto(id, Buffer.from('picture'));
    expect((await desk.commit(id)).person).toEqual({ id: known.id, name: 'Cy Twombly' });
    expect(kiosk.people.list()).toHaveLength(before);
    expect(kiosk.people.find(known.id)).toMatchObject({ externalId: '17', consent: { textVersion: 'signed-2019' } });
    expect(kiosk.templates.of(known.id)).toHaveLength(1);
    await expect(desk.begin(forHim(known.id), administrator)).rejects.toMatchObject({ code: 'person_exists' });
  });

  it('is given by nobody else, and to nobody who is not there', async () => {
    const known = await kiosk.people.add({ name: 'Cy Twombly' });
    const atPage = { ...forHim(known.id), ...request(PAGE_CONSENT_TEXT_VERSION), personId: known.id };
    await expect(desk.begin(atPage, person)).rejects.toMatchObject({ code: 'not_permitted' });
    await expect(desk.begin(forHim('p_ffffffffffff'), administrator)).rejects.toMatchObject({ code: 'person_unknown' });
  });
});

describe('an enrolment at the page', () => {
  it('keeps the rules of the page and pauses recognition again after a long wait', async () => {
    flow.start();
    const { id } = await desk.begin(request(PAGE_CONSENT_TEXT_VERSION), person);
    kiosk.vision.stills.set('picture', [aFace()]);
    kiosk.clock.advance(61_000);
    expect(await desk.addPhoto(id, Buffer.from('picture'))).toMatchObject({ accepted: true });
    await expect(desk.commit(id)).rejects.toMatchObject({ code: 'enrolment_refused' });
    expect(kiosk.people.list().some(({ name }) => name === 'Ada Lovelace')).toBe(false);
  });
});
