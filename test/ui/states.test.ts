import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGES, TABLES } from '../../src/ui/strings/language.js';
import { quietStatus } from '../fakes/fake-kiosk.js';
import { layoutFaults, PageFixture } from './page-fixture.js';
import { PAGE_STATES } from './page-states.js';

const fixture = new PageFixture();
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());

const SIZES = [
  { width: 800, height: 480 },
  { width: 480, height: 800 },
] as const;

describe('every state of the page', () => {
  for (const size of SIZES) {
    for (const theme of ['light', 'dark'] as const) {
      it(`is readable and fits ${size.width}×${size.height}, ${theme}, in every language`, async () => {
        fixture.kiosk.become({ ...quietStatus(), theme });
        fixture.kiosk.show({ kind: 'idle' });
        const { page, faults } = await fixture.open('/', size);
        const wrong: string[] = [];
        for (const language of LANGUAGES) {
          const s = TABLES[language];
          await page.getByRole('button', { name: s.language, exact: true }).click();
          for (const state of PAGE_STATES) {
            fixture.kiosk.show(state.moment);
            const root = page.locator(`.kiosk[data-moment="${state.moment.kind}"]`);
            for (const text of state.seen(s)) {
              await root.getByText(text).filter({ visible: true }).first().waitFor({ timeout: 5000 });
            }
            const faultsHere = await layoutFaults(page);
            wrong.push(...faultsHere.map((fault) => `${language} ${state.name}: ${fault}`));
            if (language === 'en' || faultsHere.length > 0)
              await fixture.shot(page, `${state.name}-${size.width}-${theme}-${language}`);
          }
          fixture.kiosk.show({ kind: 'idle' });
          await page.locator('.kiosk[data-moment="idle"]').waitFor();
        }
        expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
        await page.close();
        expect(wrong).toEqual([]);
        expect(faults).toEqual([]);
      });
    }
  }
});

describe('troubles', () => {
  for (const size of SIZES) {
    it(`are small signs with text, and the kiosk goes on (${size.width}×${size.height})`, async () => {
      const quiet = quietStatus();
      fixture.kiosk.show({ kind: 'idle' });
      fixture.kiosk.become({
        ...quiet,
        demo: true,
        enrolmentAllowed: true,
        clock: { sync: 'none' },
        storage: { ok: false, alarms: ['full'] },
        bus: { enabled: true, connected: false, depth: 12, oldestSeconds: 340 },
      });
      const { page, faults } = await fixture.open('/', size);
      for (const language of LANGUAGES) {
        const s = TABLES[language];
        await page.getByRole('button', { name: s.language, exact: true }).click();
        for (const text of [s.signs.storage, s.signs.clock, s.signs.brokerAway, s.demo, s.enrol.open]) {
          await page.getByText(text).first().waitFor();
        }
        expect(await layoutFaults(page)).toEqual([]);
        await fixture.shot(page, `troubles-${size.width}-${language}`);
      }
      fixture.kiosk.become({ ...quiet, camera: { ...quiet.camera, state: 'lost', detail: 'unplugged' } });
      await page.getByText(TABLES.fr.signs.cameraLost).waitFor();
      await fixture.shot(page, `camera-lost-${size.width}`);
      fixture.kiosk.become(quiet);
      await page.close();
      expect(faults).toEqual([]);
    });
  }
});

describe('a kiosk without a camera', () => {
  for (const size of SIZES) {
    it(`shows the clock and the ways in, and waits for nothing (${size.width}×${size.height})`, async () => {
      const quiet = quietStatus();
      fixture.kiosk.show({ kind: 'idle' });
      fixture.kiosk.become({
        ...quiet,
        camera: { kind: 'none', state: 'none', fps: 0 },
        recognition: { ...quiet.recognition, identification: false, gallery: 0 },
      });
      const { page, faults } = await fixture.open('/', size);
      const s = TABLES.en;
      await page.getByText(s.signs.cameraNone).waitFor();
      await page.getByRole('button', { name: s.login.entry.punch }).waitFor();
      expect(await page.getByText(s.idle.hintNoCamera).count()).toBe(0);
      expect(await page.getByText(s.signs.nobodyEnrolled).count()).toBe(0);
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `no-camera-${size.width}`);
      fixture.kiosk.become(quiet);
      await page.close();
      expect(faults).toEqual([]);
    });
  }
});
