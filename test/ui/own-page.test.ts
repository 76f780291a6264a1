import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { logIn, readBadge, touchKeys, touchOk } from './login-page.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { login } = fixture.kiosk;
const s = TABLES.en;
const a = s.account;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(() => fixture.closePages());

describe('the own page', () => {
  it('asks for a correction of an entry, and lists what was asked', async () => {
    const { page, faults } = await logIn(fixture);
    await page.getByRole('button', { name: /Out 15:45/ }).click();
    await page.getByLabel(a.correction.time).fill('');
    await touchKeys(page, '1630');
    expect(await page.getByLabel(a.correction.time).inputValue()).toBe('16:30');
    await page.getByLabel(a.correction.reason, { exact: true }).fill('Forgot to clock out after the meeting');
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'own-correction-800');
    await touchOk(page);
    await page.getByText(a.own.correctionSent).waitFor();
    expect(login.own.rows.at(-1)).toMatchObject({
      eventId: '01a00000-0000-7000-8000-000000000004',
      direction: 'check_out',
      at: '2026-11-20T16:30:00+01:00',
    });
    await page.getByRole('tab', { name: a.own.tabs.corrections }).click();
    await page.getByText('Forgot to clock out').waitFor();
    await page.getByText(a.correction.states.open, { exact: true }).waitFor();
    await fixture.shot(page, 'own-corrections-800');
    await page.close();
    expect(faults).toEqual([]);
  });

  it('changes the password only with the present one, and the PIN by touch', async () => {
    const { page } = await logIn(fixture);
    login.sessions.stale(login.sessions.newest()!);
    await page.getByRole('tab', { name: a.own.tabs.factors }).click();
    await page.getByRole('button', { name: `${a.change} ${a.parts.password}` }).click();
    await page.getByLabel(a.currentPassword).fill('not the one');
    await page.getByLabel(a.newPassword).fill('blue-lamp-over-sand');
    await fixture.shot(page, 'own-password-800');
    await touchOk(page);
    await page.getByRole('alert').waitFor();
    expect(await page.getByLabel(a.currentPassword).inputValue()).toBe('');
    await page.getByLabel(a.currentPassword).fill('blue-lamp-over-water');
    await touchOk(page);
    await page.getByRole('button', { name: `${a.change} ${a.parts.password}` }).waitFor();
    expect(login.people[0]!.password).toBe('blue-lamp-over-sand');
    login.people[0]!.password = 'blue-lamp-over-water';
    await page.close();
  });

  it('asks for two factors again before a sensitive change, then carries it out', async () => {
    const { page } = await logIn(fixture);
    login.sessions.stale(login.sessions.newest()!);
    await page.getByRole('tab', { name: a.own.tabs.factors }).click();
    const remove = page.getByRole('button', { name: `${a.remove} Blue card` });
    await remove.click();
    await page.getByText(a.removeSure).waitFor();
    await page.getByRole('button', { name: `${a.removeYes} Blue card` }).click();
    await page.getByRole('dialog', { name: a.own.proveTitle }).waitFor();
    await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
    await touchOk(page);
    await page.getByLabel(s.login.otp.sent.totp).fill('314159');
    await touchOk(page);
    await page.getByText('Blue card').first().waitFor({ state: 'detached' });
    expect(login.people[0]!.badges).toEqual([]);
    await page.close();
  });

  it('adds a badge that a reader types into its field', async () => {
    const { page } = await logIn(fixture);
    await page.getByRole('tab', { name: a.own.tabs.factors }).click();
    await page.getByRole('button', { name: `${a.add} ${a.parts.badge}` }).click();
    await page.getByLabel(s.login.badgeNumber).focus();
    await readBadge(page, 'AA99BB88');
    await expect.poll(() => page.getByLabel(s.login.badgeNumber).inputValue()).toBe('AA99BB88');
    expect(await page.getByRole('dialog').count()).toBe(1);
    await page.getByLabel(a.badgeLabel).fill('Green tag');
    await touchOk(page);
    await page.getByText('Green tag').first().waitFor();
    await page.close();
  });
});

describe('in another size and theme', () => {
  for (const size of [
    { width: 1280, height: 800 },
    { width: 480, height: 800 },
  ])
    it(`nothing is cut off, in every language (${size.width}×${size.height})`, async () => {
      fixture.kiosk.become({ theme: 'dark' });
      const { page, faults } = await fixture.open('/', size);
      const wrong: string[] = [];
      for (const language of ['de', 'fr', 'en'] as const) {
        const t = TABLES[language];
        await page.getByRole('button', { name: t.language, exact: true }).click();
        await page.getByRole('button', { name: t.login.entry.signIn, exact: true }).click();
        await page.getByLabel(t.login.userName, { exact: true }).waitFor();
        const look = async (name: string) => {
          wrong.push(...(await layoutFaults(page)).map((fault) => `${language} ${name}: ${fault}`));
          await fixture.shot(page, `${name}-${size.width}-${language}`);
        };
        await look('terminal-identify');
        await page.getByLabel(t.login.userName, { exact: true }).fill('anna');
        await page.getByRole('button', { name: t.login.next, exact: true }).click();
        await page.getByLabel(t.login.password, { exact: false }).first().fill('blue-lamp-over-water');
        await look('terminal-password');
        await touchOk(page, t);
        await page.getByLabel(t.login.otp.sent.totp).fill('314159');
        await look('terminal-otp');
        await touchOk(page, t);
        await page.getByText('8 h 0 min').or(page.getByText('8 Std. 0 Min.')).waitFor();
        await look('own-times');
        await page.getByRole('tab', { name: t.account.own.tabs.factors }).click();
        await page.getByText(t.account.parts.recovery).first().waitFor();
        await look('own-factors');
        await page.getByRole('button', { name: t.account.own.signOut }).click();
        await page.getByRole('button', { name: t.login.entry.signIn, exact: true }).waitFor();
      }
      fixture.kiosk.become({ theme: 'auto' });
      await page.close();
      expect(wrong).toEqual([]);
      expect(faults).toEqual([]);
    });
});
