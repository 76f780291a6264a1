import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { logIn, nameOneself, readBadge, touchKeys, touchOk } from './login-page.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { kiosk } = fixture;
const { login } = kiosk;
const { attempts } = login;
const s = TABLES.en;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(async () => {
  await fixture.closePages();
  kiosk.become({ language: 'en', terminal: { attend: true, login: true } });
});
/** Requests that are refused on purpose are written to the console by Chromium. */
const unexpected = (faults: readonly string[]) => faults.filter((fault) => !/status of 4\d\d/.test(fault));

describe('an attempt under the fingers', () => {
  it('is kept alive by typing, which the kiosk hears every ten seconds at most', async () => {
    const { page, faults } = await fixture.open();
    await page.clock.install();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await page.getByLabel(s.login.userName, { exact: true }).click();
    const { id } = attempts.begun.at(-1)!;
    const heard = () => attempts.touches.filter((one) => one === id).length;
    await expect.poll(heard).toBe(1);
    await touchKeys(page, 'anna');
    expect(heard()).toBe(1);
    await page.clock.fastForward(10_000);
    expect(heard()).toBe(1);
    await touchKeys(page, 'b');
    await expect.poll(heard).toBe(2);
    await nameOneself(page, 'anna');
    await page.clock.fastForward(10_000);
    await page.getByLabel(s.login.password, { exact: false }).first().press('x');
    await expect.poll(heard).toBe(3);
    await page.getByRole('button', { name: s.login.cancel }).click();
    await expect.poll(() => attempts.running).not.toContain(id);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('has no keyboard over what needs none, though the page changes all the time', async () => {
    const { page } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await nameOneself(page, 'anna');
    const keyboard = page.getByRole('group', { name: s.login.keyboard });
    await keyboard.waitFor();
    // As the live steps do: a part of the page comes and goes with every answer of the kiosk.
    await page.evaluate(() => {
      window.setInterval(() => {
        const part = document.body.appendChild(document.createElement('span'));
        window.setTimeout(() => part.remove(), 20);
      }, 40);
    });
    await page.getByRole('button', { name: s.login.other, exact: true }).click();
    await page.getByRole('heading', { name: s.login.otherTitle }).waitFor();
    await keyboard.waitFor({ state: 'detached', timeout: 5000 });
  });
});

describe('the page at the door', () => {
  it('offers what the policy lets somebody begin now', async () => {
    const { page, faults } = await fixture.open();
    const punch = page.getByRole('button', { name: s.login.entry.punch });
    const signIn = page.getByRole('button', { name: s.login.entry.signIn, exact: true });
    await punch.waitFor();
    kiosk.become({ terminal: { attend: false, login: true } });
    await punch.waitFor({ state: 'detached' });
    expect(await signIn.count()).toBe(1);
    expect(await layoutFaults(page)).toEqual([]);
    const begun = attempts.begun.length;
    await readBadge(page, '04A2B3C4');
    kiosk.become({ terminal: { attend: true, login: false } });
    await punch.waitFor();
    expect([await signIn.count(), attempts.begun.length]).toEqual([0, begun]);
    expect(await layoutFaults(page)).toEqual([]);
    kiosk.become({ terminal: { attend: false, login: false } });
    await punch.waitFor({ state: 'detached' });
    await page.close();
    expect(faults).toEqual([]);
  });
});

describe('setting up codes', () => {
  it('offers what the kiosk can send, the preferred way as the one that is needed', async () => {
    const { rules } = login;
    login.rules = { ...rules, codes: ['email'] };
    const { page, faults } = await fixture.open();
    const { account: a } = s;
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await page.getByRole('button', { name: s.login.entry.register }).click();
    await page.getByLabel(s.enrol.name, { exact: true }).fill('Dora Field');
    await page.getByLabel(s.login.userName, { exact: true }).fill('dora');
    await page.getByLabel(a.newPassword).fill('green fields at dawn');
    await touchOk(page);
    const setUp = (part: keyof typeof a.parts) => page.getByRole('button', { name: `${a.setUp} ${a.parts[part]}` });
    await setUp('email').waitFor();
    expect(await page.locator('.rows li').first().textContent()).toContain(a.required);
    expect(await page.locator('.rows li').first().textContent()).toContain(a.parts.email);
    for (const part of ['totp', 'phone', 'recovery'] as const) expect(await setUp(part).count()).toBe(0);
    await setUp('email').click();
    await page.getByRole('textbox', { name: a.email }).fill('dora at home');
    await page.getByRole('alert').getByText(a.emailWrong).waitFor();
    expect(await page.getByRole('button', { name: a.sendCode }).isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: a.email }).fill('dora@example.org');
    await page.getByRole('alert').waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: a.sendCode }).isEnabled()).toBe(true);
    await page.close();
    login.rules = rules;
    expect(faults).toEqual([]);
  });

  it('leaves on the own page what is there, to be taken away only', async () => {
    const { rules } = login;
    login.rules = { ...rules, codes: [] };
    const { account: a } = s;
    const { page } = await logIn(fixture);
    await page.getByRole('tab', { name: a.own.tabs.factors }).click();
    await page.getByRole('button', { name: `${a.remove} ${a.parts.totp}` }).waitFor();
    expect(await page.getByRole('button', { name: `${a.change} ${a.parts.totp}` }).count()).toBe(0);
    expect(await page.getByText(a.parts.recovery).count()).toBe(0);
    await page.close();
    login.rules = rules;
  });
});

describe('a password that is refused', () => {
  for (const language of ['de', 'fr', 'en'] as const)
    it(`is told why, in the language of the page (${language})`, async () => {
      kiosk.become({ language });
      const t = TABLES[language];
      const { account: a } = t;
      const { page, faults } = await fixture.open();
      await page.getByRole('button', { name: t.login.entry.signIn, exact: true }).click();
      await page.getByRole('button', { name: t.login.entry.register }).click();
      await page.getByLabel(t.enrol.name, { exact: true }).fill('Emil Grün');
      await page.getByLabel(t.login.userName, { exact: true }).fill('emil/1');
      await page.getByRole('alert').getByText(a.register.userNameWrong).waitFor();
      await page.getByLabel(t.login.userName, { exact: true }).fill(`emil-${language}`);
      await page.getByRole('alert').waitFor({ state: 'detached' });
      const next = page.getByRole('button', { name: t.login.next, exact: true });
      // Told while it is typed; nothing is sent.
      await page.getByLabel(a.newPassword).fill('rstuvwxyz');
      await page.getByRole('alert').getByText(a.secretFaults.password_pattern).waitFor();
      expect(await next.isDisabled()).toBe(true);
      expect(await layoutFaults(page)).toEqual([]);
      await page.getByLabel(a.newPassword).fill('Emil Grün 12');
      await page.getByRole('alert').getByText(a.secretFaults.password_name).waitFor();
      await fixture.shot(page, `register-password-name-800-${language}`);
      // What only the kiosk knows.
      await page.getByLabel(a.newPassword).fill('letmeinplease');
      await page.getByRole('alert').waitFor({ state: 'detached' });
      await next.click();
      await page.getByRole('alert').getByText(a.secretFaults.password_common).waitFor();
      await fixture.shot(page, `register-password-refused-800-${language}`);
      expect(await layoutFaults(page)).toEqual([]);
      await page.close();
      expect(unexpected(faults)).toEqual([]);
    });
});
