import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { nameOneself } from './login-page.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { login } = fixture.kiosk;
const s = TABLES.en;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(() => fixture.closePages());

const DESKTOP = { width: 1280, height: 800 };
const expected = (faults: readonly string[]) => faults.filter((fault) => !/status of 4\d\d/.test(fault));

/** As a browser on the network sees it: the routes of the kiosk's own screen are refused. */
async function fromAway(path: string, size = DESKTOP) {
  const watched = await fixture.open('about:blank', size);
  await watched.page.route('**/api/v1/state', (route) =>
    route.fulfill({ status: 403, json: { error: 'kiosk_only', message: 'x', mend: 'y' } }),
  );
  await watched.page.goto(`${fixture.url}${path}`, { waitUntil: 'domcontentloaded' });
  return watched;
}

async function password(page: Awaited<ReturnType<typeof fromAway>>['page']) {
  await nameOneself(page, 'anna');
  await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
  await page.getByRole('button', { name: s.login.next, exact: true }).click();
}

describe('the pages in another browser', () => {
  it('logs in without camera and keyboard of the kiosk, opens /me, comes back after a reload, signs out', async () => {
    const { page, faults } = await fromAway('/login');
    await page.getByLabel(s.login.userName, { exact: true }).waitFor();
    expect(await page.getByRole('group', { name: s.login.keyboard }).count()).toBe(0);
    expect(await page.locator('.live').count()).toBe(0);
    expect(await page.getByLabel(s.login.userName, { exact: true }).getAttribute('autocomplete')).toBe('username');
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'remote-login-1280');
    await password(page);
    await page.getByLabel(s.login.otp.sent.totp).fill('314159');
    await fixture.shot(page, 'remote-code-1280');
    await page.getByRole('button', { name: s.login.next, exact: true }).click();
    await page.getByText('15 h 30 min').waitFor();
    expect(new URL(page.url()).pathname).toBe('/me');
    await page.reload();
    await page.getByText('15 h 30 min').waitFor();
    await fixture.shot(page, 'remote-own-1280');
    expect(await layoutFaults(page)).toEqual([]);
    await page.getByRole('button', { name: s.account.own.signOut }).click();
    await page.getByLabel(s.login.userName, { exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(expected(faults)).toEqual([]);
  });

  it('renews the access token by itself, and a renewal in two tabs at once ends no session', async () => {
    const { page } = await fromAway('/login');
    await password(page);
    await page.getByLabel(s.login.otp.sent.totp).fill('314159');
    await page.getByRole('button', { name: s.login.next, exact: true }).click();
    await page.getByText('15 h 30 min').waitFor();
    const other = await fromAway('/me');
    await other.page.getByText('15 h 30 min').waitFor();
    const cookies = await page.context().cookies();
    const access = cookies.find(({ name }) => name.endsWith('vestibule-access'))!;
    const ended = login.sessions.ended.length;
    await page.context().addCookies([{ ...access, value: 'access-0-0' }]);
    await Promise.all([page, other.page].map((tab) => tab.getByRole('button', { name: s.account.own.month }).click()));
    await Promise.all(
      [page, other.page].map((tab) => tab.getByRole('tab', { name: s.account.own.tabs.corrections }).click()),
    );
    await Promise.all([page, other.page].map((tab) => tab.getByText(s.account.correction.none).waitFor()));
    expect(login.sessions.ended.length).toBe(ended);
    await page.getByRole('button', { name: s.account.own.signOut }).click();
  });

  it('/otp takes a way with a code, /register registers by a code', async () => {
    const { alternatives } = login.attempts;
    login.attempts.alternatives = { ...alternatives, login: [[['password']], [['password'], ['otp']]] };
    try {
      const { page } = await fromAway('/otp');
      // The way is taken slowly: nothing can be typed that would be lost with the fields of the first one.
      await page.route('**/alternative', async (route) => {
        await new Promise((done) => setTimeout(done, 700));
        await route.continue();
      });
      await password(page);
      await page.getByLabel(s.login.otp.sent.totp).waitFor();
    } finally {
      login.attempts.alternatives = alternatives;
    }
    const { page: second } = await fromAway('/register');
    await second.getByLabel(s.enrol.name, { exact: true }).waitFor();
    expect(await layoutFaults(second)).toEqual([]);
    await fixture.shot(second, 'remote-register-1280');
  });

  it('/login?purpose=admin leads to the administration', async () => {
    const { page } = await fromAway('/login?purpose=admin');
    await nameOneself(page, 'ben');
    await page.getByLabel(s.login.password, { exact: false }).first().fill('seven-quiet-bridges');
    await page.getByRole('button', { name: s.login.next, exact: true }).click();
    await page.getByLabel(s.login.otp.sent.totp).fill('314159');
    await page.getByRole('button', { name: s.login.next, exact: true }).click();
    await page.waitForURL('**/admin');
  });

  it('a face is asked for at the kiosk only, said in words', async () => {
    const { page } = await fromAway('/login', { width: 480, height: 800 });
    await nameOneself(page, 'anna');
    await page.getByRole('button', { name: s.login.other }).click();
    await page.getByRole('button', { name: /Password, Face/ }).click();
    // The kiosk has taken the other way: its fields are new ones.
    await page.locator('.progress').getByText(s.login.factors.face).waitFor({ state: 'attached' });
    await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
    await page.getByRole('button', { name: s.login.next, exact: true }).click();
    await page.getByRole('alert').getByText(s.login.messages.onlyAtKiosk).waitFor();
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'remote-face-480');
  });
});
