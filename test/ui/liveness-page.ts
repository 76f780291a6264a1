import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { FactorKind } from '../../src/domain/factor.js';
import type { ChallengeAction } from '../../src/domain/liveness/action.js';
import type { LivenessShown } from '../../src/http/contract-login.js';
import type { Strings } from '../../src/ui/strings/table.js';
import { nameOneself, touchOk } from './login-page.js';
import { layoutFaults, type PageFixture, settledFaults, type Watched } from './page-fixture.js';

export const LANDSCAPE = { width: 800, height: 480 };
export const PORTRAIT = { width: 480, height: 800 };
/** Fingers in gloves. */
const GLOVE_PX = 64;

/** A prompt as the daemon shows it. */
export function promptOf(
  action: ChallengeAction,
  change: Partial<NonNullable<LivenessShown['prompt']>> = {},
): Partial<LivenessShown> {
  const prompt = { id: `run.${action}`, action, number: 1, of: 3, moving: false, progress: 0, remainingMs: 5000 };
  return { phase: 'prompt', prompt: { ...prompt, ...change } };
}

/** Logs in with a password; the challenge of the second step is on the page afterwards. */
export async function openChallenge(
  fixture: PageFixture,
  s: Strings,
  size = LANDSCAPE,
  factor: FactorKind = 'liveness',
): Promise<Watched & { readonly id: string }> {
  const { attempts } = fixture.kiosk.login;
  attempts.alternatives.login = [
    [['password'], [factor]],
    [['password'], ['otp']],
  ];
  const watched = await fixture.open('/', size);
  const { page } = watched;
  await page.getByRole('button', { name: s.login.entry.signIn, exact: true }).click();
  await nameOneself(page, 'anna', s);
  await page.getByLabel(s.login.password, { exact: false }).first().fill('blue-lamp-over-water');
  await touchOk(page, s);
  await page.locator('.challenge').waitFor();
  await page.locator('.keyboard button').first().waitFor({ state: 'detached' });
  return { ...watched, id: attempts.begun.at(-1)!.id };
}

/** Waits for a value; a busy machine may take its time. */
export function soon<T>(value: () => T | Promise<T>) {
  return expect.poll(value, { timeout: 8000 });
}

/** Presses the large button that begins a run. */
export async function start(page: Page, s: Strings): Promise<void> {
  await page.getByRole('button', { name: s.liveness.start, exact: true }).click();
}

/** Takes pictures into a folder of its own, and notes what is cut off or too small for a glove. */
export class Looks {
  readonly folder = mkdtempSync(join(tmpdir(), 'vestibule-liveness-'));
  readonly wrong: string[] = [];

  async at(page: Page, name: string): Promise<void> {
    const faults = [
      ...(await layoutFaults(page)),
      ...(await settledFaults(async () => [...(await tooSmall(page)), ...(await scrolled(page))])),
    ];
    this.wrong.push(...faults.map((fault) => `${name}: ${fault}`));
    await page.screenshot({ path: join(this.folder, `${name}.png`), animations: 'disabled' });
  }
}

/** Buttons of the challenge and of its foot that a glove may miss. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const buttons = document.querySelectorAll('.challenge button, .terminal:has(.challenge) > footer button');
    return [...buttons].flatMap((button) => {
      const { width, height } = button.getBoundingClientRect();
      return width < least || height < least ? [`“${button.textContent}” is ${width}×${height}`] : [];
    });
  }, GLOVE_PX);
}

/** A challenge is seen as a whole: nobody scrolls while moving. */
function scrolled(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const content = document.querySelector('.terminal:has(.challenge) > .content');
    if (content === null || content.scrollHeight <= content.clientHeight + 1) return [];
    return [`the challenge is ${content.scrollHeight} high in a room of ${content.clientHeight}`];
  });
}
