import type { Page } from 'playwright-core';
import type { FactorKind } from '../../src/domain/factor.js';
import type { Strings } from '../../src/ui/strings/table.js';
import { nameOneself, touchOk } from './login-page.js';
import type { PageFixture, Watched } from './page-fixture.js';

export const LANDSCAPE = { width: 800, height: 480 };
export const PORTRAIT = { width: 480, height: 800 };

/** Logs in with a password; the challenge of the second step is on the page afterwards. */
export async function openChallenge(
  fixture: PageFixture,
  s: Strings,
  size = LANDSCAPE,
  factor: FactorKind = 'liveness',
): Promise<Watched & { readonly id: string }> {
  const { attempts } = fixture.kiosk.login;
  attempts.alternatives.login = [
    [['password'], [factor]],
    [['password'], ['otp']],
  ];
  const watched = await fixture.open('/', size);
  const { page } = watched;
  await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
  await nameOneself(page, 'anna', s);
  await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
  await touchOk(page, s);
  await page.locator('.challenge').waitFor();
  return { ...watched, id: attempts.begun.at(-1)!.id };
}

/** Presses the large button that begins a run. */
export async function start(page: Page, s: Strings): Promise<void> {
  await page.getByRole('button', { name: s.liveness.start, exact: true }).click();
}
