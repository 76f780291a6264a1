import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { logIn, nameOneself, passPasswordAndCode, readBadge, touchKeys, touchOk } from './login-page.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { kiosk } = fixture;
const { attempts, sessions } = kiosk.login;
const s = TABLES.en;
const { channels, lifeMs, resendMs, idleMs } = attempts;
const sessionIdleMs = sessions.idleMs;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(async () => {
  await fixture.closePages();
  Object.assign(attempts, { channels, lifeMs, resendMs, idleMs });
  sessions.idleMs = sessionIdleMs;
  kiosk.show({ kind: 'idle' });
  attempts.nextMessage = undefined;
  attempts.onAttend = () => {};
});
const anna = () => kiosk.login.people[0]!;
/** Requests that are refused on purpose are written to the console by Chromium. */
const unexpected = (faults: readonly string[]) => faults.filter((fault) => !/status of 4\d\d/.test(fault));

describe('a punch without the face', () => {
  it('takes user name and PIN by touch alone and shows what the kiosk recorded', async () => {
    const at = '2026-11-21T08:59:02.110+01:00';
    attempts.onAttend = (person) => kiosk.show({ kind: 'done', person, direction: 'check_in', at, workedTodayMs: 0 });
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.punch }).click();
    await page.getByLabel(s.login.userName, { exact: true }).click();
    await touchKeys(page, 'anna');
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'terminal-identify-800');
    await touchOk(page);
    await page.getByRole('button', { name: s.login.other }).click();
    await fixture.shot(page, 'terminal-ways-800');
    await page.getByRole('button', { name: s.login.factors.pin, exact: true }).click();
    await page.getByLabel(s.login.pin, { exact: false }).first().waitFor();
    await touchKeys(page, '480218');
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'terminal-pin-800');
    await touchOk(page);
    await page.getByRole('alert').getByText(s.login.messages.notRight).waitFor();
    expect(await page.getByLabel(s.login.pin, { exact: false }).first().inputValue()).toBe('');
    await fixture.shot(page, 'terminal-pin-wrong-800');
    await touchKeys(page, '480217');
    await touchOk(page);
    await page.locator('.sheet').getByText('Anna-Maria').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('takes a badge that a reader types on the idle page, and asks for the PIN', async () => {
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).focus();
    await readBadge(page, '04A2B3C4');
    await page.getByLabel(s.login.pin, { exact: false }).first().waitFor();
    expect(attempts.begun.at(-1)).toMatchObject({ purpose: 'attend' });
    await fixture.shot(page, 'terminal-badge-pin-800');
    await page.getByRole('button', { name: s.login.cancel }).click();
    await expect.poll(() => attempts.running).not.toContain(attempts.begun.at(-1)!.id);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('goes on with the attempt that the kiosk opened for a face that needs more', async () => {
    const { page, faults } = await fixture.open();
    await page.locator('.kiosk').waitFor();
    const { id } = await attempts.begin('attend', { from: 'loopback', admin: false });
    await attempts.choose(id, 2);
    await attempts.identify(id, { userName: 'anna' });
    kiosk.show({ kind: 'attempt', attemptId: id });
    await page.getByLabel(s.login.pin, { exact: false }).first().waitFor();
    await page.getByRole('button', { name: s.login.cancel }).click();
    await expect.poll(() => attempts.running).not.toContain(attempts.begun.at(-1)!.id);
    await page.close();
    expect(faults).toEqual([]);
  });
});

describe('logging in', () => {
  it('sends the code, counts down, takes a wrong and then the right one, and opens the own page', async () => {
    attempts.resendMs = [1500, 60_000];
    attempts.channels = channels.slice(1, 3);
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await nameOneself(page, 'anna');
    await page.getByLabel(s.login.password, { exact: false }).first().waitFor();
    await touchKeys(page, 'blue');
    await page.getByRole('button', { name: s.login.show, exact: true }).click();
    await fixture.shot(page, 'terminal-password-800');
    expect(await layoutFaults(page)).toEqual([]);
    await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
    await touchOk(page);
    await page.getByRole('button', { name: /SMS · \+49/ }).waitFor();
    await fixture.shot(page, 'terminal-channels-800');
    await page.getByRole('button', { name: /SMS · \+49/ }).click();
    await page.getByText('+49 ••• •••• 321').waitFor();
    await page.getByText(/New code in 0:0[12]/).waitFor();
    const code = page.getByLabel('Code sent to', { exact: false });
    await touchKeys(page, '1111');
    await fixture.shot(page, 'terminal-otp-800');
    expect(await layoutFaults(page)).toEqual([]);
    await touchOk(page);
    await page.getByRole('alert').getByText(s.login.messages.codeWrong).waitFor();
    await page.getByText('4 tries left').waitFor();
    await fixture.shot(page, 'terminal-otp-wrong-800');
    await page.getByRole('button', { name: s.login.otp.resend, exact: true }).click();
    await page.getByText(/New code in (1:00|0:5\d)/).waitFor();
    expect(attempts.sends.slice(-2).map(({ channel }) => channel)).toEqual(['twilio-verify-sms', 'twilio-verify-sms']);
    await code.fill('314159');
    await touchOk(page);
    await page.getByRole('heading', { name: 'Anna-Maria Brandström' }).waitFor();
    await page.getByText('15 h 30 min').waitFor();
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'own-times-800');
    await page.getByRole('button', { name: s.account.own.signOut }).click();
    await page.locator('.kiosk[data-moment="idle"]').waitFor();
    await expect.poll(() => sessions.ended.length).toBeGreaterThan(0);
    // The sheet with her page may still be on its way out.
    await expect.poll(() => page.getByText('Anna-Maria').count()).toBe(0);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('shows a code that is dead by its life or its tries, and offers a new one', async () => {
    attempts.channels = channels.slice(1, 2);
    attempts.lifeMs = 1500;
    attempts.resendMs = [0];
    const { page } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await nameOneself(page, 'anna');
    await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
    await touchOk(page);
    await page.getByRole('alert').getByText(s.login.messages.codeExpired).waitFor();
    expect(await page.getByLabel('Code sent to', { exact: false }).isDisabled()).toBe(true);
    attempts.lifeMs = lifeMs;
    await page.getByRole('button', { name: s.login.otp.resend, exact: true }).click();
    await page.getByText(/Valid for [45]:/).waitFor();
    expect(await page.getByLabel('Code sent to', { exact: false }).isEnabled()).toBe(true);
    await page.close();
  });

  it('shows a lockout with its end, and another way stays open', async () => {
    attempts.nextMessage = { code: 'locked', waitMs: 95_000 };
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await nameOneself(page, 'nobody-of-this-name');
    await page.getByLabel(s.login.password, { exact: false }).first().fill('a guess');
    await touchOk(page);
    await page
      .getByRole('alert')
      .getByText(/locked for 1:3\d/)
      .waitFor();
    await fixture.shot(page, 'terminal-locked-800');
    expect(await layoutFaults(page)).toEqual([]);
    await page.getByLabel(s.login.password, { exact: false }).first().fill('another guess');
    await expect.poll(() => page.getByRole('button', { name: s.login.next, exact: true }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: s.login.other }).click();
    await page.getByRole('button', { name: /Badge, PIN, Code/ }).click();
    await page.getByLabel(s.login.badgeNumber).waitFor();
    // Back leaves the attempt, and nothing that was typed comes back with the next one.
    await page.getByRole('button', { name: s.login.back }).click();
    await expect.poll(() => page.getByLabel(s.login.userName, { exact: true }).inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('shows the live picture and what to do while the face is awaited', async () => {
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await nameOneself(page, 'anna');
    await page.getByRole('button', { name: s.login.other }).click();
    await page.getByRole('button', { name: /Password, Face/ }).click();
    await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
    await touchOk(page);
    await page.locator('.face-step .live img').waitFor();
    const { id } = attempts.begun.at(-1)!;
    attempts.guide(id, 'too_far');
    await page.locator('.face-step').getByText(s.guidance.too_far).first().waitFor();
    expect(kiosk.viewers).toBe(1);
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'terminal-face-800');
    attempts.seeFace(id, anna());
    await page.getByRole('tab', { name: s.account.own.tabs.times }).waitFor();
    await page.getByRole('button', { name: s.account.own.signOut }).click();
    await page.close();
    expect(faults).toEqual([]);
  });

  it('lets a name be typed to its end when the camera knows the person before', async () => {
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await page.getByLabel(s.login.userName, { exact: true }).waitFor();
    await touchKeys(page, 'an');
    const { id } = attempts.begun.at(-1)!;
    attempts.seeFace(id, anna());
    // Longer than the page waits between two looks.
    await page.waitForTimeout(1500);
    await touchKeys(page, 'na');
    expect(await page.getByLabel(s.login.userName, { exact: true }).inputValue()).toBe('anna');
    await touchOk(page);
    await page.getByLabel(s.login.password, { exact: false }).first().waitFor();
    expect(await page.getByLabel(s.login.password, { exact: false }).first().inputValue()).toBe('');
    await page.getByRole('button', { name: s.login.cancel }).click();

    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await page.getByLabel(s.login.userName, { exact: true }).waitFor();
    await expect.poll(() => attempts.begun.at(-1)!.id).not.toBe(id);
    attempts.seeFace(attempts.begun.at(-1)!.id, anna());
    await page.getByLabel(s.login.password, { exact: false }).first().waitFor();
    await page.close();
    expect(faults).toEqual([]);
  });

  it('says that it took too long, and begins again', async () => {
    const { idleMs } = attempts;
    const { page } = await fixture.open();
    await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
    await page.getByLabel(s.login.userName, { exact: true }).waitFor();
    attempts.idleMs = 1;
    await page.getByRole('alert').getByText(s.login.over.title).waitFor();
    await fixture.shot(page, 'terminal-over-800');
    attempts.idleMs = idleMs;
    await page.getByRole('button', { name: s.login.again }).click();
    await page.getByLabel(s.login.userName, { exact: true }).waitFor();
    await page.close();
  });
});

describe('the end of a session', () => {
  it('takes everything personal off the page, and signing in comes back to the same place', async () => {
    const { page, faults } = await logIn(fixture);
    await page.getByRole('tab', { name: s.account.own.tabs.factors }).click();
    await page.getByText('Blue card').first().waitFor();
    await fixture.shot(page, 'own-factors-800');
    expect(await layoutFaults(page)).toEqual([]);
    sessions.end(sessions.newest()!);
    await page.getByRole('alert').getByText(s.account.own.endedText).waitFor({ timeout: 8000 });
    expect(await page.getByText('Blue card').count()).toBe(0);
    expect(await page.getByText('Anna-Maria').count()).toBe(0);
    await fixture.shot(page, 'own-ended-800');
    await page.getByRole('button', { name: s.account.own.signInAgain }).click();
    await passPasswordAndCode(page);
    await page.getByText('Blue card').first().waitFor();
    await page.getByRole('button', { name: s.account.own.signOut }).click();
    await page.close();
    expect(unexpected(faults)).toEqual([]);
  });

  it('is said before it comes, and a touch keeps the session', async () => {
    const { idleMs } = sessions;
    sessions.idleMs = 20_000;
    const { page, faults } = await logIn(fixture);
    await page.getByText(/Ends in 0:[12]\d/).waitFor();
    sessions.idleMs = idleMs;
    await page.getByRole('button', { name: s.account.own.stay }).click();
    await page.getByText(/Ends in 0:/).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: s.account.own.signOut }).click();
    await page.close();
    expect(faults).toEqual([]);
  });
});
