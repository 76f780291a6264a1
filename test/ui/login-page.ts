import type { Page } from 'playwright-core';
import { TABLES } from '../../src/ui/strings/language.js';
import type { Strings } from '../../src/ui/strings/table.js';
import type { PageFixture, Watched } from './page-fixture.js';

const s = TABLES.en;

/** Presses keys of the keyboard on the screen, as a finger does. `⇧` is the shift key. */
export async function touchKeys(page: Page, text: string): Promise<void> {
  const keyboard = page.getByRole('group', { name: s.login.keyboard });
  for (const key of text) await keyboard.getByRole('button', { name: key, exact: true }).click();
}

/** Presses OK on the keyboard of the screen. */
export async function touchOk(page: Page, table: Strings = s): Promise<void> {
  await page
    .getByRole('group', { name: table.login.keyboard })
    .getByRole('button', { name: 'OK', exact: true })
    .click();
}

/** Says who one is in an open dialogue. */
export async function nameOneself(page: Page, userName: string, table: Strings = s): Promise<void> {
  await page.getByLabel(table.login.userName, { exact: true }).fill(userName);
  await page.getByRole('button', { name: table.login.next, exact: true }).click();
}

/** Logs Anna in at the kiosk by password and code; her own page is open afterwards. */
export async function logIn(fixture: PageFixture, size = { width: 800, height: 480 }): Promise<Watched> {
  const watched = await fixture.open('/', size);
  const { page } = watched;
  await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
  await passPasswordAndCode(page);
  await page.getByRole('tab', { name: s.account.own.tabs.times }).waitFor();
  return watched;
}

/** Name, password and the code of the authenticator. */
export async function passPasswordAndCode(page: Page): Promise<void> {
  await nameOneself(page, 'anna');
  await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
  await touchOk(page);
  await page.getByLabel(s.login.otp.sent.totp).fill('314159');
  await touchOk(page);
}

/**
 * A badge reader that types: key presses without a pause, each with its character where a field has the focus. Made in
 * the page, because presses sent from here come too slowly on a busy machine.
 */
export async function readBadge(page: Page, badge: string): Promise<void> {
  await page.evaluate((text) => {
    for (const key of [...text, 'Enter']) {
      const target = document.activeElement ?? document.body;
      const press = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true });
      if (!target.dispatchEvent(press) || key === 'Enter' || !(target instanceof HTMLInputElement)) continue;
      target.setRangeText(key, target.value.length, target.value.length, 'end');
      target.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
  }, badge);
}
