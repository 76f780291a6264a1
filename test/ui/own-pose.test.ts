import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGES, TABLES } from '../../src/ui/strings/language.js';
import { quietStatus } from '../fakes/fake-kiosk.js';
import { LANDSCAPE, Looks, PORTRAIT, soon } from './liveness-page.js';
import { logIn } from './login-page.js';
import { PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { own, people } = fixture.kiosk.login;
const looks = new Looks();

beforeAll(async () => {
  await fixture.start();
  console.log(`pictures of the set-up of body motion: ${looks.folder}`);
});
afterAll(() => fixture.stop());
afterEach(async () => {
  await fixture.closePages();
  fixture.kiosk.become(quietStatus());
  own.poseOffered = true;
  own.poseSays = {};
  for (const person of people) person.pose = false;
  looks.wrong.length = 0;
});

describe('body motion on the own page', { timeout: 60_000 }, () => {
  for (const size of [LANDSCAPE, PORTRAIT])
    for (const language of LANGUAGES)
      it(`is set up by consent and five takes (${size.width}×${size.height}, ${language})`, async () => {
        const { page, faults } = await logIn(fixture, size);
        const s = TABLES[language];
        const { account: a, liveness: l } = s;
        // The language follows the kiosk where nobody chose another one.
        fixture.kiosk.become({ language, theme: language === 'fr' ? 'dark' : 'light' });
        await page.getByRole('tab', { name: a.own.tabs.factors }).click();
        const look = (name: string) => looks.at(page, `${name}-${size.width}-${language}`);
        await page.getByRole('button', { name: `${a.setUp} ${a.parts.pose}` }).click();
        await page.getByText(l.own.consent[0]!).waitFor();
        await look('pose-consent');
        const next = page.getByRole('button', { name: s.enrol.next, exact: true });
        expect(await next.isDisabled()).toBe(true);
        await page.getByRole('checkbox').check();
        await next.click();
        await page.getByText(l.own.explain).waitFor();
        await look('pose-first');
        const begin = page.getByRole('button', { name: l.own.begin, exact: true });
        own.poseSays = { hint: 'show_shoulders', refused: 'pose_mismatch' };
        await begin.click();
        await page.getByRole('alert').getByText(l.own.different).waitFor();
        await page.getByText(l.hints.show_shoulders).waitFor();
        await look('pose-refused');
        own.poseSays = {};
        for (let taken = 1; taken <= 4; taken++) {
          await begin.click();
          await page.getByRole('heading', { name: new RegExp(`\\b${taken + 1}\\b`) }).waitFor();
        }
        await look('pose-last');
        await begin.click();
        await page.getByRole('button', { name: `${a.change} ${a.parts.pose}` }).waitFor();
        await look('own-factors');
        expect(own.asked.filter(({ what }) => what === 'cancelPose')).toEqual([]);
        const remove = page.getByRole('button', { name: `${a.remove} ${a.parts.pose}` });
        await remove.click();
        await page.getByRole('button', { name: `${a.removeYes} ${a.parts.pose}` }).click();
        await page.getByRole('button', { name: `${a.setUp} ${a.parts.pose}` }).waitFor();
        expect(people[0]!.pose).toBe(false);
        await page.close();
        expect(looks.wrong).toEqual([]);
        expect(faults).toEqual([]);
      });

  it('is forgotten when it is left in between', async () => {
    const { page } = await logIn(fixture);
    const { account: a, liveness: l, enrol, login } = TABLES.en;
    await page.getByRole('tab', { name: a.own.tabs.factors }).click();
    await page.getByRole('button', { name: `${a.setUp} ${a.parts.pose}` }).click();
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: enrol.next, exact: true }).click();
    await page.getByText(l.own.explain).waitFor();
    await page.getByRole('button', { name: login.cancel, exact: true }).click();
    await soon(
      () => own.asked.at(-1)?.what === 'cancelPose' || own.asked.some(({ what }) => what === 'cancelPose'),
    ).toBe(true);
    expect(people[0]!.pose).toBe(false);
  });

  it('is not offered where it is not compared, and what there is can still be removed', async () => {
    own.poseOffered = false;
    const { page } = await logIn(fixture);
    const { account: a } = TABLES.en;
    await page.getByRole('tab', { name: a.own.tabs.factors }).click();
    await page.getByText(a.parts.recovery).first().waitFor();
    expect(await page.getByText(a.parts.pose).count()).toBe(0);
    await page.close();
    people[0]!.pose = true;
    const again = await logIn(fixture);
    await again.page.getByRole('tab', { name: a.own.tabs.factors }).click();
    await again.page.getByRole('button', { name: `${a.remove} ${a.parts.pose}` }).waitFor();
    expect(await again.page.getByRole('button', { name: `${a.change} ${a.parts.pose}` }).count()).toBe(0);
  });
});
