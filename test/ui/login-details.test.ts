import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { nameOneself, touchKeys } from './login-page.js';
import { PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { kiosk } = fixture;
const { attempts } = kiosk.login;
const s = TABLES.en;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(() => fixture.closePages());

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
});
