import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TABLES } from '../../src/ui/strings/language.js';
import { quietStatus } from '../fakes/fake-kiosk.js';
import { openChallenge, promptOf, soon, start } from './liveness-page.js';
import { PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { kiosk } = fixture;
const { attempts, people } = kiosk.login;
const s = TABLES.en;
const l = s.liveness;
const before = { ...attempts.alternatives };
const shownOf = (id: string) =>
  attempts.challenges.flatMap((one) => (one.id === id && one.step.do === 'shown' ? [one.step.id] : []));

beforeAll(() => fixture.start());
afterAll(() => fixture.stop());
afterEach(async () => {
  await fixture.closePages();
  Object.assign(attempts.alternatives, before);
  attempts.level = 'full';
  kiosk.become(quietStatus());
  kiosk.show({ kind: 'idle' });
});

describe('a challenge', () => {
  it('begins when the person presses, and says of every prompt once that it is on the screen, after it was drawn', async () => {
    const { page, faults, id } = await openChallenge(fixture, s);
    const drawn: number[] = [];
    await page.route('**/challenge', async (route) => {
      const step = route.request().postDataJSON();
      if (step.do === 'shown') drawn.push(await page.locator(`.action.${step.id.replace('run.', '')}`).count());
      await route.continue();
    });
    expect(attempts.challenges).toEqual([]);
    await start(page, s);
    await soon(() => attempts.challenges.map(({ step }) => step)).toEqual([{ do: 'start' }]);
    for (const [index, action] of (['turn_left', 'raise_right_hand', 'blink'] as const).entries()) {
      attempts.showLive(id, promptOf(action, { number: index + 1 }));
      await page.getByRole('heading', { name: l.actions[action] }).waitFor();
      await soon(() => shownOf(id).length).toBe(index + 1);
      const looks = attempts.views.get(id)!;
      // Views that come afterwards are of the same prompt: nothing is said again.
      attempts.showLive(id, promptOf(action, { number: index + 1, moving: true, progress: 0.5, remainingMs: 3000 }));
      await soon(() => attempts.views.get(id)!).toBeGreaterThan(looks + 4);
      attempts.showLive(id, { phase: 'neutral', progress: (index + 1) / 3 });
      await page.getByText(l.good).first().waitFor();
    }
    expect(shownOf(id)).toEqual(['run.turn_left', 'run.raise_right_hand', 'run.blink']);
    expect(drawn).toEqual([1, 1, 1]);
    attempts.endLive(id);
    await page.getByRole('tab', { name: s.account.own.tabs.times }).waitFor();
    const after = attempts.views.get(id)!;
    await new Promise((done) => setTimeout(done, 700));
    expect(attempts.views.get(id)).toBe(after);
    expect(faults).toEqual([]);
  });

  it('asks no more after it was left', async () => {
    const { page, id } = await openChallenge(fixture, s);
    await start(page, s);
    attempts.showLive(id, promptOf('look_up'));
    await page.getByRole('heading', { name: l.actions.look_up }).waitFor();
    await page.getByRole('button', { name: s.login.cancel, exact: true }).click();
    await page.locator('.challenge').waitFor({ state: 'detached' });
    await soon(() => attempts.running).not.toContain(id);
    const after = attempts.views.get(id)!;
    await new Promise((done) => setTimeout(done, 700));
    expect(attempts.views.get(id)).toBe(after);
  });

  it('gives another movement to who cannot do this one, and always another way', async () => {
    const { page, id } = await openChallenge(fixture, s);
    await page.getByRole('button', { name: s.login.other, exact: true }).waitFor();
    await start(page, s);
    attempts.showLive(id, { ...promptOf('raise_left_hand'), skipsLeft: 1 });
    await page.getByRole('button', { name: l.skip, exact: true }).click();
    await soon(() => attempts.challenges.at(-1)?.step).toEqual({ do: 'skip', id: 'run.raise_left_hand' });
    attempts.showLive(id, promptOf('look_down'));
    await page.getByRole('heading', { name: l.actions.look_down }).waitFor();
    // None is left.
    expect(await page.getByRole('button', { name: l.skip, exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: s.login.other, exact: true }).click();
    await page.getByRole('button', { name: `${s.login.factors.password}, ${s.login.factors.otp}` }).click();
    await page.getByLabel(s.login.otp.sent.totp).waitFor();
  });

  it('says why it did not pass, and begins anew when the person presses', async () => {
    const { page, id } = await openChallenge(fixture, s);
    await start(page, s);
    attempts.showLive(id, promptOf('turn_right'));
    await page.getByRole('heading', { name: l.actions.turn_right }).waitFor();
    attempts.endLive(id, 'flat_picture');
    await page
      .getByRole('alert')
      .getByText(/flat picture/)
      .waitFor();
    await page.getByRole('button', { name: s.login.other, exact: true }).waitFor();
    const again = page.getByRole('button', { name: s.login.again, exact: true });
    await soon(() => again.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await soon(() => attempts.challenges.at(-1)?.step).toEqual({ do: 'start' });
    await page.getByRole('heading', { name: l.straight }).waitFor();
  });

  it('says why it cannot be done at all', async () => {
    const { page, id } = await openChallenge(fixture, s);
    attempts.endLive(id, 'camera_not_allowed');
    await page.getByText(l.reasons.camera_not_allowed).waitFor();
    expect(await page.locator('.challenge').count()).toBe(1);
  });

  it('can be done with the keyboard, in the order of the page', async () => {
    const { page, id } = await openChallenge(fixture, s);
    const order = async (count: number) => {
      const names: string[] = [];
      for (let n = 0; n < count; n++) {
        names.push(await page.evaluate(() => document.activeElement?.textContent ?? ''));
        await page.keyboard.press('Tab');
      }
      return names;
    };
    const button = page.getByRole('button', { name: l.start, exact: true });
    await soon(() => button.evaluate((one) => one === document.activeElement)).toBe(true);
    expect(await order(3)).toEqual([l.start, s.login.back, s.login.other]);
    await button.press('Enter');
    attempts.showLive(id, promptOf('open_mouth'));
    await page.getByRole('heading', { name: l.actions.open_mouth }).waitFor();
    await page.getByRole('button', { name: s.login.cancel, exact: true }).focus();
    expect(await order(4)).toEqual([s.login.cancel, s.login.back, l.skip, s.login.other]);
    await page.getByRole('button', { name: l.skip, exact: true }).press('Escape');
    await page.locator('.challenge').waitFor({ state: 'detached' });
  });

  it('tells those who hear the page what to do', async () => {
    const { page, id } = await openChallenge(fixture, s);
    await start(page, s);
    attempts.showLive(id, { ...promptOf('turn_left', { number: 2 }), hint: 'turn_further' });
    const said = page.locator('.challenge [role="status"]');
    await soon(() => said.textContent()).toBe(`2 of 3: ${l.actions.turn_left}. ${l.hints.turn_further}`);
    expect(await said.getAttribute('aria-live')).toBe('assertive');
  });
});

describe('left and right', () => {
  it('are those of the person before a mirror, in the live picture and in every drawing', async () => {
    const { page, id } = await openChallenge(fixture, s);
    const flip = () => page.locator('.challenge .live img').evaluate((one) => getComputedStyle(one).transform);
    await soon(flip).toBe('matrix(-1, 0, 0, 1, 0, 0)');
    await start(page, s);
    for (const side of ['left', 'right'] as const) {
      for (const action of [`turn_${side}`, `raise_${side}_hand`, `lean_${side}`] as const) {
        attempts.showLive(id, promptOf(action));
        await page.locator(`.action.${action}`).waitFor();
        const { tip, tail, middle } = await page
          .locator(`.action.${action} .arrow path`)
          .last()
          .evaluate((path) => {
            // The tip is drawn twice, once for each of its barbs; the tail is where the path begins.
            const points = [...(path.getAttribute('d') ?? '').matchAll(/M(-?[\d.]+) (-?[\d.]+)/g)];
            const numbers = [...(path.getAttribute('d') ?? '').matchAll(/M(-?\d+)[ L]?(-?\d+)/g)];
            const onScreen = (match: RegExpMatchArray | undefined) =>
              new DOMPoint(Number(match?.[1]), Number(match?.[2])).matrixTransform(
                (path as SVGGraphicsElement).getScreenCTM() ?? undefined,
              ).x;
            const ring = path.closest('svg')!.getBoundingClientRect();
            const found = points.length > 1 ? points : numbers;
            return { tip: onScreen(found.at(-1)), tail: onScreen(found[0]), middle: ring.x + ring.width / 2 };
          });
        // A hand goes up beside the body; the rest moves sideways.
        const moved = action.startsWith('raise') ? tip - middle : tip - tail;
        expect([action, Math.sign(moved)]).toEqual([action, side === 'left' ? -1 : 1]);
      }
    }
    // A camera that is mirrored by the configuration is not mirrored back.
    kiosk.become({ camera: { ...quietStatus().camera, mirrored: true } });
    await soon(flip).toBe('none');
  });
});

describe('the passive look', () => {
  it('needs no press: whoever is recognised looks at the camera, then is greeted', async () => {
    attempts.level = 'passive';
    attempts.alternatives.attend = [[['face'], ['liveness']], [['pin']]];
    const { page, faults } = await fixture.open();
    const { id } = await attempts.begin('attend', { from: 'loopback', admin: false });
    attempts.seeFace(id, people[0]!);
    kiosk.show({ kind: 'attempt', attemptId: id });
    await page.getByRole('heading', { name: l.look }).waitFor();
    attempts.showLive(id, { state: 'running', phase: 'passive', progress: 0.4, level: 'passive' });
    await page.getByText('Hello, Anna-Maria Brandström').waitFor();
    expect(attempts.challenges.filter((one) => one.id === id)).toEqual([]);
    const at = '2026-11-21T08:59:02.110+01:00';
    const person = { id: people[0]!.id, name: people[0]!.name };
    kiosk.show({ kind: 'done', person, direction: 'check_in', at, workedTodayMs: 0 });
    attempts.endLive(id);
    await page.locator('.challenge').waitFor({ state: 'detached' });
    await page.getByText(s.recorded.check_in).filter({ visible: true }).first().waitFor();
    expect(faults).toEqual([]);
  });

  it('makes room for the next one when whoever was recognised has gone, and waits for who comes back', async () => {
    attempts.level = 'passive';
    attempts.alternatives.attend = [[['face'], ['liveness']], [['pin']]];
    const { page } = await fixture.open();
    await page.clock.install();
    const { id } = await attempts.begin('attend', { from: 'loopback', admin: false });
    attempts.seeFace(id, people[0]!);
    kiosk.show({ kind: 'attempt', attemptId: id });
    await page.getByRole('heading', { name: l.look }).waitFor();
    const look = { state: 'running', phase: 'passive', progress: 0.4, level: 'passive' } as const;
    const asked = page.getByText(l.hints.no_face, { exact: true });
    attempts.showLive(id, { ...look, hint: 'no_face' });
    await asked.waitFor();
    await page.clock.runFor(3000);
    attempts.showLive(id, look);
    await asked.waitFor({ state: 'detached' });
    await page.clock.runFor(6000);
    expect(attempts.running).toContain(id);
    attempts.showLive(id, { ...look, hint: 'no_face' });
    await asked.waitFor();
    await page.clock.runFor(6000);
    await soon(() => attempts.running).not.toContain(id);
    await page.locator('.challenge').waitFor({ state: 'detached' });
  });

  it('says why somebody was refused, and looks again when asked to', async () => {
    attempts.level = 'passive';
    attempts.alternatives.attend = [[['face'], ['liveness']], [['pin']]];
    const { page } = await fixture.open();
    const { id } = await attempts.begin('attend', { from: 'loopback', admin: false });
    attempts.seeFace(id, people[0]!);
    kiosk.show({ kind: 'attempt', attemptId: id });
    await page.getByRole('heading', { name: l.look }).waitFor();
    attempts.endLive(id, 'looks_like_picture');
    await page.getByRole('alert').getByText(l.reasons.looks_like_picture).waitFor();
    await page.getByRole('button', { name: s.login.again, exact: true }).click();
    await soon(() => attempts.challenges.at(-1)).toEqual({ id, step: { do: 'start' } });
    attempts.deny(id);
    await page.getByRole('heading', { name: s.login.denied }).waitFor();
  });
});

describe('colours', () => {
  it('are announced before, cover the whole window without the face, are said to be there, and can be stopped', async () => {
    const { page, id } = await openChallenge(fixture, s);
    attempts.showLive(id, { lightAhead: true });
    await page.getByText(l.light.warn).waitFor();
    await page.getByText(l.light.decline).waitFor();
    await page.getByRole('button', { name: s.login.other, exact: true }).waitFor();
    await start(page, s);
    attempts.showLive(id, { phase: 'light' });
    await page.getByRole('heading', { name: l.light.shown }).waitFor();
    expect(await page.locator('.colour-sheet').count()).toBe(0);
    for (const [index, colour] of (['#ff0000', '#0040ff'] as const).entries()) {
      attempts.showLive(id, { phase: 'light', light: { id: `run.light.${index}`, colour } });
      await soon(() => shownOf(id).length).toBe(index + 1);
      const seen = await page.evaluate(() => {
        const corners = [
          [2, 2],
          [window.innerWidth - 2, 2],
          [2, window.innerHeight - 2],
          [window.innerWidth - 2, window.innerHeight - 2],
        ] as const;
        return corners.map(([x, y]) => {
          const top = document.elementFromPoint(x, y);
          return top === null ? '' : getComputedStyle(top).backgroundColor;
        });
      });
      expect(new Set(seen)).toEqual(new Set([index === 0 ? 'rgb(255, 0, 0)' : 'rgb(0, 64, 255)']));
      expect(await page.locator('.challenge img').count()).toBe(0);
    }
    await page.getByRole('button', { name: l.light.stop, exact: true }).click();
    await page.locator('.colour-sheet').waitFor({ state: 'detached' });
    await soon(() => attempts.running).not.toContain(id);
  });
});

describe('the own gesture', () => {
  it('is announced, counted down and made within its time', async () => {
    const { page, id } = await openChallenge(fixture, s, undefined, 'pose');
    await page.getByText(l.explain).waitFor();
    attempts.showLive(id, { gestureAhead: true });
    await page.getByText(l.explainGesture).waitFor();
    await start(page, s);
    attempts.showLive(id, { phase: 'pose_take', remainingMs: 4600 });
    await page.getByRole('heading', { name: l.gesture.ready }).waitFor();
    attempts.showLive(id, { phase: 'pose_take', remainingMs: 2500 });
    await page.getByRole('heading', { name: l.gesture.now }).waitFor();
    await soon(() => page.locator('.digits').textContent()).toBe('3');
    attempts.endLive(id, 'pose_mismatch');
    await page.getByRole('alert').getByText(l.reasons.pose_mismatch).waitFor();
  });
});
