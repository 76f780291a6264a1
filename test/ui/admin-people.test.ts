import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/role.js';
import type { DecisionRow } from '../../src/http/contract.js';
import { LANGUAGES, TABLES } from '../../src/ui/strings/language.js';
import { STAFF_TABLES } from '../../src/ui/strings/staff.js';
import { anna, ben, type FakePerson } from '../fakes/fake-people.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const s = TABLES.en;
const w = STAFF_TABLES.en;
const fixture = new PageFixture();
const { login } = fixture.kiosk;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 800, height: 480 },
] as const;

const FIRST = ['Anna', 'Björn', 'Chloé', 'Dmitri', 'Émile', 'Fatima', 'Georg', 'Hana', 'İpek', 'João'];
const LAST = ['Álvarez', 'Brandström', 'Çelik', 'Dubois', 'Eriksen', 'Fitzgerald-Montgomery', 'Grünewald', 'Horák'];

/** 300 people of whom some need attention. */
function crowd(): FakePerson[] {
  return Array.from({ length: 300 }, (_, n) => ({
    ...anna(),
    id: `p_${String(n + 1).padStart(12, '0')}`,
    name: `${FIRST[n % FIRST.length]} ${LAST[n % LAST.length]} ${n + 1}`,
    externalId: String(1000 + n),
    userName: `user${n + 1}`,
    role: (n === 0 ? 'admin' : n % 60 === 1 ? 'manager' : n % 60 === 2 ? 'operator' : 'person') satisfies Role as Role,
    active: n % 25 !== 24,
    complete: n % 30 !== 29,
  }));
}

beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
beforeEach(() => {
  login.people = [anna(), ben()];
  login.locks.clear();
  login.staff.length = 0;
  login.own.rows = [];
  fixture.kiosk.rows = [];
});

async function byCode(size: (typeof SIZES)[number] = SIZES[0]) {
  const opened = await fixture.open(`/admin#code=${fixture.kiosk.adminCode}`, size);
  await opened.page.getByText(w.byCode).waitFor();
  return opened;
}

/** Signed in as one of the people, as after the admin attempt at the login page. */
async function bySession(personId: string, size: (typeof SIZES)[number] = SIZES[0]) {
  const person = login.people.find(({ id }) => id === personId)!;
  const { tokens } = login.sessions.issue(person, 'admin');
  const opened = await fixture.open('/', size);
  await opened.page.context().addCookies([
    { name: 'vestibule-access', value: tokens.accessToken, url: fixture.url },
    { name: 'vestibule-refresh', value: tokens.refreshToken, url: fixture.url },
  ]);
  await opened.page.goto(`${fixture.url}/admin`);
  return opened;
}

const tab = (page: Page, name: keyof typeof w.tabs) => page.getByRole('button', { name: w.tabs[name] }).click();

describe('people', () => {
  for (const size of SIZES) {
    it(`300 of them are found by any part of name, number or user name (${size.width}×${size.height})`, async () => {
      login.people = crowd();
      login.locks.set('p_000000000008', [{ factor: 'password', failures: 100, waitMs: 0, locked: true }]);
      login.locks.set('p_000000000009', [{ factor: 'pin', failures: 7, waitMs: 120_000, locked: false }]);
      const { page, faults } = await byCode(size);
      await tab(page, 'people');
      await page.getByText('300 of 300').waitFor();
      const search = page.getByLabel(w.people.search);
      await search.fill('celik CHLOE');
      await page.getByText(/^8 of 300$/).waitFor();
      await search.fill('1007');
      await page.getByText(/^1 of 300$/).waitFor();
      const keyboard = page.locator('.admin > .keyboard');
      await keyboard.waitFor();
      await search.press('Enter');
      await keyboard.waitFor({ state: 'detached' });
      await search.fill('');
      await page.getByRole('button', { name: w.people.filter.attention }).click();
      await keyboard.waitFor({ state: 'detached' });
      await page.getByText(w.people.locked).waitFor();
      await page.getByText(w.people.waits).waitFor();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-people-${size.width}`);
      await page.close();
      expect(faults).toEqual([]);
    });

    it(`somebody is added, and the code is shown once and alone on paper (${size.width}×${size.height})`, async () => {
      const { page, faults } = await byCode(size);
      await tab(page, 'people');
      await page.getByRole('button', { name: w.people.add }).click();
      await page.getByLabel(w.add.name, { exact: true }).fill('<b>Carla Nunes</b>');
      await page.getByLabel(w.add.number).fill('2077');
      await page.getByLabel(w.add.role).selectOption('manager');
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-add-${size.width}`);
      await page.getByRole('button', { name: w.add.send }).click();
      await page.getByText('H4KP-22WX-91ZD').waitFor();
      expect(login.people.at(-1)).toMatchObject({ name: '<b>Carla Nunes</b>', externalId: '2077', role: 'manager' });
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-code-${size.width}`);
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByText('H4KP-22WX-91ZD').isVisible()).toBe(true);
      await page.getByText(w.code.once).waitFor({ state: 'hidden' });
      expect(await page.getByText(s.admin.title, { exact: true }).first().isVisible()).toBe(false);
      await fixture.shot(page, `staff-code-print-${size.width}`);
      await page.emulateMedia({ media: 'screen' });
      await page.getByRole('button', { name: w.code.done }).click();
      expect(await page.getByText('H4KP-22WX-91ZD').count()).toBe(0);
      await page.close();
      expect(faults).toEqual([]);
    });

    it(`one is edited, unlocked, given a badge and removed (${size.width}×${size.height})`, async () => {
      login.locks.set('p_000000000001', [{ factor: 'password', failures: 100, waitMs: 0, locked: true }]);
      const { page, faults } = await byCode(size);
      await tab(page, 'people');
      await page.getByRole('button', { name: /Anna-Maria/ }).click();
      const panel = page.getByRole('dialog');
      await panel.getByText(/locked until it is unlocked here/).waitFor();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-person-${size.width}`);
      await panel.getByRole('button', { name: w.person.unlock }).click();
      await panel.getByText(w.person.unlocked).waitFor();
      await panel.getByLabel(w.add.name).fill('Anna Brandström');
      await panel.getByLabel(w.person.number).fill('');
      await panel.getByLabel(w.person.role).selectOption('operator');
      await panel.getByText(/sessions of .* end/).waitFor();
      await panel.getByRole('button', { name: w.save, exact: true }).click();
      await panel.getByText(w.saved).waitFor();
      expect(login.people[0]).toMatchObject({ name: 'Anna Brandström', role: 'operator' });
      expect(login.people[0]).not.toHaveProperty('externalId');
      // What is pressed first after saving counts like everything else.
      await panel.getByLabel(w.person.open).uncheck();
      await panel.getByRole('button', { name: w.save, exact: true }).click();
      await panel.getByText(w.person.closed).waitFor();
      expect(login.people[0]).toMatchObject({ active: false });
      await panel.getByRole('button', { name: w.person.badgeAdd }).click();
      await panel.getByLabel(w.person.badgeNumber).fill('04FFEE');
      await panel.getByLabel(w.person.badgeNumber).press('Enter');
      await panel.getByLabel(w.person.badgeLabel).fill('Red card');
      await panel.getByRole('button', { name: w.person.badgeAdd }).click();
      await panel.getByRole('button', { name: 'Red card', exact: true }).click();
      await panel.getByRole('button', { name: 'Take Red card away' }).click();
      await panel.getByRole('button', { name: 'Take Red card away' }).waitFor({ state: 'detached' });
      await panel.getByRole('button', { name: w.person.remove }).click();
      const really = panel.getByRole('button', { name: w.person.removeYes });
      expect(await really.isDisabled()).toBe(true);
      await panel.getByLabel(w.person.removeType).fill('anna brandström');
      await really.scrollIntoViewIfNeeded();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-remove-${size.width}`);
      await really.click();
      await page.getByText('Anna Brandström was removed.').waitFor();
      expect(login.people.map(({ name }) => name)).toEqual(['Ben Okafor']);
      expect(login.staff.map(({ what }) => what)).toEqual(['unlock', 'change', 'change', 'remove']);
      await page.close();
      expect(faults).toEqual([]);
    });
  }

  it('a reset code is made only after saying what it does', async () => {
    const { page } = await byCode();
    await tab(page, 'people');
    await page.getByRole('button', { name: /Anna-Maria/ }).click();
    await page.getByRole('button', { name: w.person.reset }).click();
    expect(login.staff).toEqual([]);
    await page.getByRole('button', { name: w.person.resetYes }).click();
    await page.getByText('R3ST-77QA-15MM').waitFor();
    expect(login.staff).toMatchObject([{ what: 'invite reset', id: 'p_000000000001' }]);
    await page.close();
  });
});

describe('signed in by name', () => {
  it('shows who it is and only what the role may do; the end of the session leads back to the gate', async () => {
    login.people = [anna(), { ...ben(), role: 'operator' }];
    const { page, faults } = await bySession('p_000000000002', SIZES[1]);
    await page.getByText('Signed in as Ben Okafor, Operator').waitFor();
    expect(await page.getByRole('button', { name: w.tabs.corrections }).count()).toBe(0);
    await tab(page, 'people');
    expect(await page.getByRole('button', { name: w.people.add }).count()).toBe(0);
    await page.getByRole('button', { name: /Ben Okafor/ }).click();
    await page.getByText(w.person.higher).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /Anna-Maria/ }).click();
    await page.getByRole('button', { name: w.person.reset }).waitFor();
    expect(await page.getByRole('button', { name: w.save, exact: true }).count()).toBe(0);
    expect(await page.getByRole('button', { name: w.person.remove }).count()).toBe(0);
    expect(faults).toEqual([]);
    login.sessions.endAllOf('p_000000000002');
    await page.getByRole('button', { name: w.person.reset }).click();
    await page.getByRole('button', { name: w.person.resetYes }).click();
    await page.getByText(w.ended).waitFor();
    expect(await page.getByText('Anna-Maria').count()).toBe(0);
    await fixture.shot(page, 'staff-gate-800');
    expect(await page.getByRole('link', { name: w.signIn }).getAttribute('href')).toBe('/login?purpose=admin');
    await page.close();
  });

  it('nobody changes his own role, and somebody without a role is told so', async () => {
    const { page } = await bySession('p_000000000002');
    await tab(page, 'people');
    await page.getByRole('button', { name: /Ben Okafor/ }).click();
    await page.getByText(w.person.own).waitFor();
    expect(await page.getByLabel(w.person.role).isDisabled()).toBe(true);
    await page.getByRole('button', { name: w.close, exact: true }).click();
    await page.getByRole('button', { name: s.admin.leave }).click();
    await page.getByRole('link', { name: w.signIn }).waitFor();
    expect(login.sessions.ended).not.toEqual([]);
    await page.close();
    const { tokens } = login.sessions.issue(login.people[0]!, 'login');
    const other = await fixture.open('/');
    await other.page.context().addCookies([{ name: 'vestibule-access', value: tokens.accessToken, url: fixture.url }]);
    await other.page.goto(`${fixture.url}/admin`);
    await other.page.getByText(w.notStaff).waitFor();
    await other.page.context().clearCookies();
    await other.page.close();
  });
});

describe('corrections', () => {
  for (const size of SIZES) {
    it(`are read, approved and rejected; nobody decides about his own (${size.width}×${size.height})`, async () => {
      const person = { id: 'p_000000000001', name: 'Anna-Maria Brandström' };
      const requestedAt = '2026-11-21T09:00:00.000+01:00';
      login.own.rows = [
        {
          id: 'c1',
          person,
          requestedAt,
          state: 'open',
          eventId: '01a00000-0000-7000-8000-000000000002',
          was: { direction: 'check_out', at: '2026-11-19T12:00:00.000+01:00' },
          direction: 'check_out',
          at: '2026-11-19T17:30:00.000+01:00',
          reason: 'The reader was <i>broken</i>',
        },
        {
          id: 'c2',
          person,
          requestedAt,
          state: 'open',
          eventId: '01a00000-0000-7000-8000-000000000003',
          was: { direction: 'check_in', at: '2026-11-18T08:00:00.000+01:00' },
          reason: 'I was not there',
        },
        {
          id: 'c3',
          person: { id: 'p_000000000002', name: 'Ben Okafor' },
          requestedAt,
          state: 'open',
          direction: 'check_in',
          at: '2026-11-20T08:00:00.000+01:00',
          reason: 'Forgotten',
        },
      ];
      const { page, faults } = await bySession('p_000000000002', size);
      await tab(page, 'corrections');
      await page.getByText(/Recorded: Out .*12:00. Should be: Out .*17:30/).waitFor();
      await page.getByText(/Should not be there/).waitFor();
      await page.getByText(/Missing: In .*08:00/).waitFor();
      await page.getByText(w.corrections.own).waitFor();
      expect(await page.getByRole('button', { name: w.corrections.approve }).count()).toBe(2);
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-corrections-${size.width}`);
      await page.getByRole('button', { name: w.corrections.approve }).first().click();
      await page.getByText(w.corrections.approved, { exact: true }).waitFor();
      await page.getByLabel(w.corrections.note).fill('You were seen');
      await page.getByRole('button', { name: w.corrections.reject }).click();
      await page.getByText(/You were seen/).waitFor();
      expect(login.own.rows.map(({ state, note }) => [state, note])).toEqual([
        ['approved', undefined],
        ['rejected', 'You were seen'],
        ['open', undefined],
      ]);
      await page.context().clearCookies();
      await page.close();
      expect(faults).toEqual([]);
    });
  }
});

describe('decisions', () => {
  const rows: DecisionRow[] = [
    {
      id: 'd1',
      at: '2026-11-21T08:02:11.480Z',
      outcome: 'denied',
      reason: 'no_match',
      purpose: 'attend',
      factors: ['face failed'],
      details: [
        {
          kind: 'face',
          outcome: 'failed',
          reason: 'no_match',
          score: 0.31,
          threshold: 0.512,
          mode: '1:N',
          gallery: 42,
          fmr: 0.000024,
          model: 'sha256:0123456789abcdef',
        },
      ],
    },
    {
      id: 'd2',
      at: '2026-11-21T07:59:02.110Z',
      outcome: 'granted',
      reason: 'ok',
      purpose: 'login',
      person: { id: 'p_000000000001', name: 'Anna-Maria Brandström' },
      factors: ['password passed', 'otp passed'],
      details: [
        { kind: 'password', outcome: 'passed', reason: 'ok' },
        { kind: 'otp', outcome: 'passed', reason: 'ok', channel: 'totp' },
      ],
    },
    {
      id: 'd3',
      at: '2026-11-21T07:58:02.110Z',
      outcome: 'denied',
      reason: 'locked_out',
      purpose: 'login',
      person: { id: 'p_000000000001', name: 'Anna-Maria Brandström' },
      factors: [],
    },
  ];

  for (const size of SIZES) {
    it(`say in sentences why somebody was refused (${size.width}×${size.height})`, async () => {
      fixture.kiosk.rows = rows;
      const { page, faults } = await byCode(size);
      await tab(page, 'decisions');
      for (const text of [
        /Likeness 0.310, but at least 0.512 was needed/,
        /Compared with 42 people/,
        /one comparison in 41,667/,
        /Code by authenticator app/,
        s.reasons.locked_out,
        /09:02:11/,
      ])
        await page.getByText(text).first().waitFor();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `staff-decisions-${size.width}`);
      await page.getByLabel(w.decisions.person).selectOption('p_000000000001');
      await page.getByLabel(w.decisions.onlyDenied).check();
      expect(await page.locator('.row').count()).toBe(1);
      for (const language of LANGUAGES) {
        await page.getByRole('button', { name: TABLES[language].language, exact: true }).click();
        await page.getByText(TABLES[language].reasons.locked_out).waitFor();
        expect([language, await layoutFaults(page)]).toEqual([language, []]);
      }
      await page.close();
      expect(faults).toEqual([]);
    });
  }
});
