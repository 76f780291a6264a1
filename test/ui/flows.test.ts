import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { quietStatus } from '../fakes/fake-kiosk.js';
import { drawnPng } from '../support/drawn-picture.js';
import { layoutFaults, PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { kiosk } = fixture;
const s = TABLES.en;
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());

const person = { id: 'p_0123456789ab', name: 'Anna' };

describe('the page', () => {
  it('shows distinct pictures of the live view and ends the stream when it closes', async () => {
    const { page, faults } = await fixture.open();
    await page.locator('.live img').waitFor();
    const different = await page.evaluate(async () => {
      const img = document.querySelector<HTMLImageElement>('.live img')!;
      const canvas = document.createElement('canvas');
      canvas.width = 160;
      canvas.height = 120;
      const seen = new Set<string>();
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      for (let i = 0; i < 200 && seen.size < 6; i++) {
        await new Promise((resolve) => setTimeout(resolve, 40));
        if (img.naturalWidth === 0) continue;
        context.drawImage(img, 0, 0, 160, 120);
        seen.add(context.getImageData(0, 0, 160, 120).data.join());
      }
      return seen.size;
    });
    expect(different).toBeGreaterThanOrEqual(6);
    expect(kiosk.viewers).toBe(1);
    await page.close();
    await expect.poll(() => kiosk.viewers).toBe(0);
    expect(faults).toEqual([]);
  });

  it('sends the direction that was pressed and shows the answer', async () => {
    const at = '2026-11-21T08:59:02.110+01:00';
    kiosk.onChoose = (_, direction) => ({ kind: 'done', person, direction, at, workedTodayMs: 0 });
    const { page, faults } = await fixture.open();
    kiosk.show({
      kind: 'recognised',
      attemptId: 'a77',
      person,
      choices: ['check_in', 'check_out'],
      expiresInMs: 10_000,
    });
    await page.locator('.sheet').getByRole('button', { name: s.directions.check_in }).click();
    await page.getByText('Welcome, Anna').first().waitFor();
    expect(kiosk.chosen).toEqual([{ attemptId: 'a77', direction: 'check_in' }]);
    kiosk.show({ kind: 'idle' });
    await page.locator('.kiosk[data-moment="idle"]').waitFor();
    expect(await page.locator('.sheet').count()).toBe(0);
    await page.close();
    expect(faults).toEqual([]);
  });

  it('moves nothing where reduced motion is asked for', async () => {
    const { page } = await fixture.open();
    kiosk.show({ kind: 'not_recorded', person, fault: 'storage_full' });
    await page.locator('.sheet').waitFor();
    const durations = await page.evaluate(() =>
      [...document.querySelectorAll('.sheet, .sheet *')].map((e) => getComputedStyle(e).animationDuration),
    );
    expect(new Set(durations)).toEqual(new Set(['0.001s']));
    kiosk.show({ kind: 'idle' });
    await page.close();
  });

  it('shows a hostile name as text and runs nothing', async () => {
    const name = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const { page, faults } = await fixture.open();
    for (const moment of [
      { kind: 'done', person: { id: 'p', name }, direction: 'check_in', at: 'T08:00', workedTodayMs: 1 },
      { kind: 'not_recorded', person: { id: 'p', name }, fault: 'storage_failed' },
    ] as const) {
      kiosk.show(moment);
      await page.getByText('onerror=').first().waitFor();
      expect(await layoutFaults(page)).toEqual([]);
    }
    expect(await page.title()).toBe('Vestibule');
    expect(await page.locator('.sheet img, .sheet script').count()).toBe(0);
    kiosk.show({ kind: 'idle' });
    await page.close();
    expect(faults).toEqual([]);
  });

  it('says that the kiosk is away and comes back by itself', async () => {
    const { page } = await fixture.open();
    await page.locator('.kiosk').waitFor();
    await fixture.hide();
    await page.locator('.cover').getByText(s.lost.title).waitFor();
    await fixture.shot(page, 'lost');
    await fixture.serve();
    await page.locator('.cover').waitFor({ state: 'detached' });
    kiosk.show({ kind: 'guidance', code: 'too_far' });
    await page.getByText(s.guidance.too_far).first().waitFor();
    kiosk.show({ kind: 'idle' });
    await page.close();
  });

  it('sends the pictures of its own camera when it is the camera of the kiosk', async () => {
    kiosk.become({ camera: { kind: 'browser', state: 'running', fps: 10 } });
    const { page, faults } = await fixture.open();
    await page.getByRole('button', { name: s.browserCamera.use }).click();
    await expect.poll(() => kiosk.frames.length, { timeout: 10_000 }).toBeGreaterThan(4);
    for (const frame of kiosk.frames)
      expect(Buffer.from(frame.subarray(0, 3))).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(new Set(kiosk.frames.map((frame) => Buffer.from(frame).toString('base64'))).size).toBeGreaterThan(2);
    await page.close();
    kiosk.become(quietStatus());
    expect(faults).toEqual([]);
  });
});

describe('enrolment at the page', () => {
  for (const size of [
    { width: 800, height: 480 },
    { width: 480, height: 800 },
  ]) {
    it(`takes pictures by itself, guided by the reasons (${size.width}×${size.height})`, async () => {
      kiosk.become({ ...quietStatus(), enrolmentAllowed: true });
      kiosk.photos.length = 0;
      kiosk.refusals = [{ reason: 'too_dark', detail: 'x' }];
      const { page, faults } = await fixture.open('/', size);
      await page.getByRole('button', { name: s.enrol.title }).click();
      const next = page.getByRole('button', { name: s.enrol.next });
      expect(await next.isDisabled()).toBe(true);
      await page.getByLabel(s.enrol.name, { exact: false }).first().fill('--');
      await page.getByText(s.enrol.nameEmpty).waitFor();
      await page.getByLabel(s.enrol.name, { exact: false }).first().fill('Jörg <b>Ångström</b>');
      await page.getByText(s.enrol.nameHint).waitFor();
      expect(await next.isDisabled()).toBe(true);
      await page.getByText(s.enrol.agree).click();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `enrol-details-${size.width}`);
      await next.click();
      await page.getByText(s.enrol.reasons.too_dark).waitFor();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `enrol-capture-${size.width}`);
      await page.getByText('Welcome, Jörg <b>Ångström</b>').waitFor({ timeout: 15_000 });
      await page.getByText(s.enrol.similar).waitFor();
      expect(await layoutFaults(page)).toEqual([]);
      await fixture.shot(page, `enrol-done-${size.width}`);
      expect(kiosk.photos).toHaveLength(4);
      expect(kiosk.begun.at(-1)).toMatchObject({
        name: 'Jörg <b>Ångström</b>',
        consent: { accepted: true, language: 'en' },
      });
      await page.getByRole('button', { name: s.enrol.finish }).click();
      expect(await page.getByRole('dialog').count()).toBe(0);
      await page.close();
      expect(faults).toEqual([]);
    });
  }

  it('takes picture files, and cancelling leaves nothing open', async () => {
    kiosk.become({ ...quietStatus(), enrolmentAllowed: true });
    // Every picture of the camera is refused, so that only the files count.
    kiosk.refusals = Array.from({ length: 3 }, () => ({ reason: 'no_face', detail: 'x' }));
    kiosk.photos.length = 0;
    const { page } = await fixture.open();
    await page.getByRole('button', { name: s.enrol.title }).click();
    await page.getByLabel(s.enrol.name, { exact: false }).first().fill('Ida');
    await page.getByText(s.enrol.agree).click();
    await page.getByRole('button', { name: s.enrol.next }).click();
    const file = { name: 'a.png', mimeType: 'image/png', buffer: drawnPng() };
    await page.locator('input[type=file]').setInputFiles([file]);
    const png = () => kiosk.photos.filter((photo) => photo[1] === 0x50).length;
    await expect.poll(png).toBe(1);
    await page.getByRole('button', { name: s.enrol.cancel }).click();
    await expect.poll(() => kiosk.cancelled).toEqual(['e1']);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.close();
  });
});

describe('the admin view', () => {
  it('asks for the code, shows the day, the parts and the decisions, and keeps no code in the address', async () => {
    kiosk.become({
      ...quietStatus(),
      bus: { enabled: true, connected: false, depth: 3, oldestSeconds: 9, lastError: 'refused' },
    });
    kiosk.day = {
      day: '2026-11-21',
      people: [
        {
          person: { id: 'p_1', name: '<i>Anna</i>', externalId: '4711' },
          events: [
            {
              id: '1',
              seq: 1,
              type: 'check_in',
              at: '2026-11-21T08:59:02.110+01:00',
              clockSync: 'ntp',
              factors: ['face'],
            },
          ],
          workedMs: 3_600_000,
          present: true,
        },
        { person: null, events: [], workedMs: 0, present: false },
      ],
    };
    kiosk.rows = [
      {
        id: 'd1',
        at: '2026-11-21T08:59:02.110+01:00',
        outcome: 'denied',
        reason: 'no_match',
        factors: ['face'],
        score: 0.31,
        threshold: 0.51,
      },
    ];
    const { page, faults } = await fixture.open('/admin');
    await page.getByLabel(s.admin.code).fill('wrong');
    await page.getByRole('button', { name: s.admin.enter }).click();
    await page.getByText(s.admin.codeWrong).waitFor();
    kiosk.waitSeconds = 9;
    await page.getByLabel(s.admin.code).fill('wrong-again');
    await page.getByRole('button', { name: s.admin.enter }).click();
    await page.getByText(s.admin.codeWait).waitFor();
    kiosk.waitSeconds = undefined;
    await page.getByLabel(s.admin.code).fill(kiosk.adminCode);
    await page.getByRole('button', { name: s.admin.enter }).click();
    for (const text of ['<i>Anna</i>', '08:59', s.admin.erased, s.reasons.no_match, 'refused', '0.310']) {
      await page.getByText(text).first().waitFor();
    }
    expect(await layoutFaults(page)).toEqual([]);
    await fixture.shot(page, 'admin-800');
    await page.getByRole('button', { name: s.admin.leave }).click();
    await page.getByLabel(s.admin.code).waitFor();
    await page.close();
    // The refused codes are expected answers, which Chromium writes to its console.
    expect(faults.filter((fault) => !/401|429/.test(fault))).toEqual([]);

    const other = await fixture.open(`/admin#code=${kiosk.adminCode}`, { width: 480, height: 800 });
    await other.page.getByText('<i>Anna</i>').waitFor();
    expect(other.page.url()).toBe(`${fixture.url}/admin`);
    expect(await layoutFaults(other.page)).toEqual([]);
    await fixture.shot(other.page, 'admin-480');
    await other.page.close();
    expect(other.faults).toEqual([]);
    kiosk.become(quietStatus());
  });
});
