import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { touchOk } from './login-page.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { login } = fixture.kiosk;
const s = TABLES.en;
const a = s.account;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(() => fixture.closePages());

async function openRegistration(size = { width: 800, height: 480 }) {
  const watched = await fixture.open('/', size);
  await watched.page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
  await watched.page.getByRole('button', { name: s.login.entry.register }).click();
  return watched;
}

describe('registration at the kiosk', () => {
  it('makes an account, sets up PIN, authenticator, recovery codes and face, and ends without a session', async () => {
    const { page, faults } = await openRegistration();
    await page.getByLabel(s.enrol.name, { exact: true }).fill('--');
    await page.getByText(s.enrol.nameEmpty).waitFor();
    await page.getByLabel(s.enrol.name, { exact: true }).fill('Jörg <img src=x onerror=alert(1)>');
    await page.getByLabel(s.login.userName, { exact: true }).fill('jorg');
    await page.getByLabel(a.newPassword).fill('short');
    await page.getByText('3 more characters').waitFor();
    await fixture.shot(page, 'register-account-800');
    expect(await layoutFaults(page)).toEqual([]);
    await page.getByLabel(a.newPassword).fill('green fields at dawn');
    await page.getByText(a.passwordGood).waitFor();
    await touchOk(page);
    await page.getByText(a.register.incomplete).waitFor();
    await fixture.shot(page, 'register-setup-800');
    expect(await layoutFaults(page)).toEqual([]);

    await page.getByRole('button', { name: `${a.setUp} ${a.parts.totp}` }).click();
    await page.getByRole('img', { name: a.totpQr }).waitFor();
    const modules = await page.locator('svg.qr path').getAttribute('d');
    expect(modules!.split('M').length).toBeGreaterThan(200);
    await fixture.shot(page, 'register-totp-800');
    await page.getByLabel(a.totpCode).fill('111111');
    await touchOk(page);
    await page.getByRole('alert').getByText('The code is not right', { exact: false }).waitFor();
    await page.getByLabel(a.totpCode).fill(login.own.confirmCode);
    await touchOk(page);
    await page.getByText(a.register.complete).waitFor();

    await page.getByRole('button', { name: `${a.setUp} ${a.parts.recovery}` }).click();
    await page.getByRole('button', { name: a.recoveryMake }).click();
    await page.getByText('K7QD-9MXA-93TR').waitFor();
    await fixture.shot(page, 'register-recovery-800');
    await page.getByRole('button', { name: a.recoveryKept }).click();

    await page.getByRole('button', { name: `${a.setUp} ${a.parts.pin}` }).click();
    await page.locator('.terminal input').fill('904417');
    await touchOk(page);
    await page.getByRole('button', { name: `${a.setUp} ${a.parts.pin}` }).waitFor({ state: 'detached' });

    await page.getByRole('button', { name: `${a.setUp} ${a.parts.face}` }).click();
    await page.getByText(s.enrol.agree).click();
    await fixture.shot(page, 'register-consent-800');
    await page.getByRole('button', { name: s.enrol.next }).click();
    await page.getByText(a.register.complete).waitFor({ timeout: 15_000 });
    expect(await page.getByRole('button', { name: `${a.setUp} ${a.parts.face}` }).count()).toBe(0);

    const session = login.sessions.newest();
    await page.getByRole('button', { name: s.enrol.finish }).click();
    await page.getByText(a.register.doneText).waitFor();
    await fixture.shot(page, 'register-done-800');
    expect(login.sessions.ended).toContain(session);
    const made = login.people.at(-1)!;
    expect(made).toMatchObject({ userName: 'jorg', pin: '904417', totp: true, face: true, recoveryCodesLeft: 10 });
    await page.close();
    expect(faults.filter((fault) => !/status of 4\d\d/.test(fault))).toEqual([]);
  });

  it('refuses a taken name in words, and takes up what was left unfinished', async () => {
    const { page } = await openRegistration();
    await page.getByLabel(s.enrol.name, { exact: true }).fill('Anna Two');
    await page.getByLabel(s.login.userName, { exact: true }).fill('anna');
    await page.getByLabel(a.newPassword).fill('green fields at dawn');
    await touchOk(page);
    await page.getByRole('alert').getByText('taken', { exact: false }).waitFor();
    await page.getByLabel(s.login.userName, { exact: true }).fill('anna-two');
    await touchOk(page);
    await page.getByRole('button', { name: a.register.later }).click();
    await page.getByText(a.register.laterText).waitFor();
    await page.getByRole('button', { name: s.login.close }).click();
    await page.getByRole('button', { name: s.login.entry.register }).click();
    await page.getByRole('button', { name: a.register.resume }).click();
    await page.getByLabel(s.login.userName, { exact: true }).fill('anna-two');
    await page.getByLabel(s.login.password, { exact: true }).fill('green fields at dawn');
    await touchOk(page);
    await page.getByText(a.register.incomplete).waitFor();
    await page.close();
  });

  it('takes a code of an administrator where nobody may register freely', async () => {
    const { rules } = login;
    login.rules = { ...rules, open: false };
    const { page } = await openRegistration();
    await page.getByLabel(a.register.code).fill('wrong-1');
    await touchOk(page);
    await page.getByRole('alert').waitFor();
    await page.getByLabel(a.register.code).fill('welcome-1');
    await fixture.shot(page, 'register-code-800');
    await touchOk(page);
    await page.getByText('Invitation for Carla Nunes').waitFor();
    expect(await page.getByLabel(s.enrol.name, { exact: true }).count()).toBe(0);
    await page.getByLabel(s.login.userName, { exact: true }).fill('carla');
    await page.getByLabel(a.newPassword).fill('green fields at dawn');
    await touchOk(page);
    await page.getByText(a.register.incomplete).waitFor();
    expect(login.people.at(-1)).toMatchObject({ name: 'Carla Nunes', userName: 'carla' });
    login.rules = rules;
    await page.close();
  });
});
