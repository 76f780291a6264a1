import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { nameOneself, touchOk } from './login-page.js';
import { layoutFaults, PageFixture, settledFaults } from './page-fixture.js';

const fixture = new PageFixture();
const { kiosk } = fixture;
const { login } = kiosk;
const ways = login.attempts.alternatives.login;
const PARTS = ['totp', 'phone', 'email', 'recovery', 'pin', 'face', 'password', 'badge'] as const;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(async () => {
  await fixture.closePages();
  kiosk.become({ language: 'en' });
});

/** Takes a picture once the keyboard has come or gone, and notes what is cut off. */
function lookAt(page: Page, language: string, wrong: string[]): (name: string) => Promise<void> {
  return async (name) => {
    await expect
      .poll(() =>
        page.evaluate(() => {
          const has = (what: string) => document.querySelector(`.terminal ${what}`) !== null;
          return has('[data-keys]') === has('.keyboard button');
        }),
      )
      .toBe(true);
    const faults = [...(await layoutFaults(page)), ...(await settledFaults(() => hiddenFields(page)))];
    wrong.push(...faults.map((fault) => `${name}: ${fault}`));
    await fixture.shot(page, `long-${language}-${name}`);
  };
}

/** The field that is typed in, with its label and hint, is above the keyboard as a whole. */
function hiddenFields(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const field = document.activeElement?.closest('.field')?.getBoundingClientRect();
    const room = document.activeElement?.closest('.content')?.getBoundingClientRect();
    if (field === undefined || room === undefined) return [];
    if (field.top >= room.top - 1 && field.bottom <= room.bottom + 1) return [];
    return [`the field at ${field.top}–${field.bottom} leaves its room ${room.top}–${room.bottom}`];
  });
}

describe('languages with longer words', { timeout: 120_000 }, () => {
  for (const language of ['de', 'fr'] as const) {
    const t = TABLES[language];
    const a = t.account;

    it(`every dialogue of the terminal fits 800×480 (${language})`, async () => {
      kiosk.become({ language });
      const { page, faults } = await fixture.open();
      const wrong: string[] = [];
      const look = lookAt(page, language, wrong);
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const cancel = () => press(t.login.cancel);
      await page.getByRole('button', { name: t.login.entry.signIn, exact: true }).waitFor();
      await look('idle');
      await press(t.login.entry.punch);
      await page.getByLabel(t.login.userName, { exact: true }).waitFor();
      await look('punch');
      await press(t.login.byBadge);
      await look('punch-badge');
      await cancel();

      await press(t.login.entry.signIn);
      await look('identify');
      await page.getByRole('button', { name: t.login.entry.register }).click();
      await page.getByLabel(t.enrol.name, { exact: true }).waitFor();
      await look('register');
      await press(a.register.haveCode);
      await look('register-code');
      await press(a.register.resume);
      await look('register-resume');
      await press(a.register.withoutCode);
      await page.getByLabel(t.enrol.name, { exact: true }).fill('Friederike Maximiliane von Hohenstaufen');
      await page.getByLabel(t.login.userName, { exact: true }).fill(`friederike-${language}`);
      await page.getByLabel(a.newPassword).fill('green fields at dawn');
      await look('register-filled');
      await touchOk(page, t);
      await page.getByText(a.register.incomplete).waitFor();
      await look('set-up');
      for (const part of PARTS.slice(0, 6)) {
        await page.getByRole('button', { name: `${a.setUp} ${a.parts[part]}` }).click();
        await page.getByRole('heading', { name: a.parts[part] }).waitFor();
        if (part === 'totp') await page.getByRole('img', { name: a.totpQr }).waitFor();
        await look(`set-up-${part}`);
        if (part === 'recovery') {
          await press(a.recoveryMake);
          await page.getByText('K7QD-9MXA-93TR').waitFor();
          await look('set-up-recovery-codes');
          await press(a.recoveryKept);
        } else if (part === 'phone') {
          await page.getByRole('textbox', { name: a.phone }).fill('+49 151 23456789');
          await touchOk(page, t);
          await page.getByRole('button', { name: a.otherDestination }).waitFor();
          await look('set-up-phone-code');
          await cancel();
        } else await cancel();
      }
      await press(a.register.later);
      await page.getByText(a.register.laterText).waitFor();
      await look('later');
      await page.close();
      expect(wrong).toEqual([]);
      expect(faults).toEqual([]);
    });

    it(`every answer and the own page fit 800×480 (${language})`, async () => {
      kiosk.become({ language });
      login.attempts.alternatives.login = [...ways, [['badge', 'pin', 'otp', 'face']]];
      const { page, faults } = await fixture.open();
      const wrong: string[] = [];
      const look = lookAt(page, language, wrong);
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      await press(t.login.entry.signIn);
      await nameOneself(page, 'anna', t);
      const password = page.getByLabel(t.login.password, { exact: false }).first();
      await password.waitFor();
      for (const code of ['not_right', 'wait', 'locked', 'busy', 'face_not_seen', 'unavailable'] as const) {
        login.attempts.nextMessage = { code, ...(code === 'wait' && { waitMs: 900_000 }) };
        await password.fill('x');
        await touchOk(page, t);
        await page.getByRole('alert').waitFor();
        await look(`said-${code}`);
        await press(t.login.other);
        await look('ways');
        await press(t.login.back);
        if (code !== 'wait') continue;
        await press(t.login.cancel);
        await press(t.login.entry.signIn);
        await nameOneself(page, 'anna', t);
      }
      await password.fill('blue-lamp-over-water');
      await touchOk(page, t);
      await page.getByLabel(t.login.otp.sent.totp).waitFor();
      await look('otp-own');
      await press(t.login.otp.other);
      await look('otp-channels');
      await page.getByRole('button', { name: t.login.otp.channels.sms, exact: false }).click();
      await page.getByText('+49 ••• •••• 321').waitFor();
      await look('otp-sent');
      await page.getByRole('textbox').fill('314159');
      await touchOk(page, t);
      await page.getByRole('tab', { name: a.own.tabs.times }).waitFor();
      await look('own-times');
      await press(a.own.missing);
      await look('own-missing');
      await press(t.login.cancel);
      await page.getByRole('tab', { name: a.own.tabs.corrections }).click();
      await look('own-corrections');
      await page.getByRole('tab', { name: a.own.tabs.factors }).click();
      await page.getByText(a.parts.recovery).first().waitFor();
      await look('own-factors');
      for (const part of ['password', 'badge'] as const) {
        await page.getByRole('button', { name: `${part === 'badge' ? a.add : a.change} ${a.parts[part]}` }).click();
        await page.getByRole('heading', { name: a.parts[part] }).waitFor();
        await look(`own-${part}`);
        await press(t.login.cancel);
      }
      await page.getByRole('button', { name: `${a.remove} ${a.parts.pin}` }).click();
      await page.getByText(a.removeSure).waitFor();
      await look('own-remove');
      await page.close();
      expect(wrong).toEqual([]);
      expect(faults).toEqual([]);
    });
  }
});
