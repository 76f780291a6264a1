import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHALLENGE_ACTIONS } from '../../src/domain/liveness/action.js';
import { LIVENESS_REASONS } from '../../src/domain/liveness/gate.js';
import { LIVENESS_HINTS } from '../../src/domain/liveness/run-order.js';
import { LANGUAGES, TABLES } from '../../src/ui/strings/language.js';
import { quietStatus } from '../fakes/fake-kiosk.js';
import { LANDSCAPE, Looks, openChallenge, PORTRAIT, promptOf, start } from './liveness-page.js';
import { PageFixture } from './page-fixture.js';

const fixture = new PageFixture();
const { attempts } = fixture.kiosk.login;
const before = { ...attempts.alternatives };
const looks = new Looks();

beforeAll(async () => {
  await fixture.start();
  console.log(`pictures of the challenge: ${looks.folder}`);
});
afterAll(() => fixture.stop());
afterEach(async () => {
  await fixture.closePages();
  Object.assign(attempts.alternatives, before);
  fixture.kiosk.become(quietStatus());
  looks.wrong.length = 0;
});

describe('the challenge', { timeout: 60_000 }, () => {
  for (const size of [LANDSCAPE, PORTRAIT])
    for (const language of LANGUAGES)
      it(`is seen as a whole and can be pressed with gloves (${size.width}×${size.height}, ${language})`, async () => {
        fixture.kiosk.become({ language, theme: language === 'fr' ? 'dark' : 'light' });
        const s = TABLES[language];
        const l = s.liveness;
        const { page, faults, id } = await openChallenge(fixture, s, size);
        const longest = (texts: Readonly<Record<string, string>>) =>
          Object.entries(texts).sort(([, a], [, b]) => b.length - a.length)[0]![0];
        const look = (name: string) => looks.at(page, `${name}-${size.width}-${language}`);
        await look('ready');
        attempts.showLive(id, { lightAhead: true, gestureAhead: true });
        await page.getByText(l.light.warn).waitFor();
        await look('ready-light');
        await start(page, s);
        attempts.showLive(id, { phase: 'neutral' });
        await page.getByRole('heading', { name: l.straight }).waitFor();
        await look('neutral');
        const hint = LIVENESS_HINTS.find((one) => one === longest(l.hints))!;
        for (const [index, action] of CHALLENGE_ACTIONS.entries()) {
          const prompt = promptOf(action, { number: (index % 3) + 1, moving: true, progress: 0.4 });
          attempts.showLive(id, prompt);
          await page.locator(`.action.${action}`).waitFor();
          attempts.showLive(id, { ...prompt, ...(index === 2 && { hint }) });
          if (index === 2) await page.getByText(l.hints[hint]).first().waitFor();
          await look(`prompt-${action}`);
        }
        attempts.showLive(id, { phase: 'neutral', progress: 0.33 });
        await page.getByText(l.good).first().waitFor();
        await look('good');
        attempts.showLive(id, { phase: 'pose_take', remainingMs: 2500, hint: 'show_shoulders' });
        await page.getByRole('heading', { name: l.gesture.now }).waitFor();
        await look('gesture');
        attempts.showLive(id, { phase: 'passive', progress: 0.6 });
        await page.getByRole('heading', { name: l.look }).waitFor();
        await look('passive');
        attempts.showLive(id, { phase: 'light', light: { id: 'run.light.0', colour: '#00a0ff' } });
        await page.locator('.colour-sheet').waitFor();
        await look('light');
        const reason = LIVENESS_REASONS.find((one) => one === longest(l.reasons))!;
        for (const one of ['flat_picture', reason] as const) {
          attempts.endLive(id, one);
          attempts.showLive(id, { state: 'ready', phase: 'neutral', lightAhead: one === reason });
          await page.getByRole('alert').getByText(l.reasons[one]).waitFor();
          if (one === reason) await page.getByText(l.light.decline).waitFor();
          await look(`failed-${one === reason ? 'longest' : 'flat'}`);
        }
        await page.close();
        expect(looks.wrong).toEqual([]);
        expect(faults).toEqual([]);
      });
});
