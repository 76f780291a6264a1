import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import type { Locator, Page } from 'playwright-core';
import { TABLES } from '../../src/ui/strings/language.js';
import { type Browser, launchChromium } from './chromium.js';

const s = TABLES.en;

/** Somebody in front of a page who reads what stands there, touches what can be touched, and keeps pictures of it. */
export class Visitor {
  readonly page: Page;
  /** Errors of the page and of its console, but for requests that the kiosk refuses on purpose. */
  readonly faults: string[] = [];
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, page: Page, folder: string) {
    this.#browser = browser;
    this.page = page;
    this.#folder = folder;
  }

  /** @param options folder: where pictures go; args: more for Chromium */
  static async arrive(
    url: string,
    { folder, args = [] }: { folder: string; args?: readonly string[] },
  ): Promise<Visitor> {
    mkdirSync(folder, { recursive: true });
    // A kiosk's browser cannot open the camera: the daemon has it.
    const camera = '--use-fake-device-for-media-stream=device-count=0';
    const browser = await launchChromium({ args: [camera, ...args] });
    const page = await browser.context.newPage();
    page.setDefaultTimeout(15_000);
    const visitor = new Visitor(browser, page, folder);
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) visitor.faults.push(message.text());
    });
    page.on('pageerror', (error) => visitor.faults.push(String(error)));
    await page.goto(url);
    return visitor;
  }

  async leave(): Promise<void> {
    await this.#browser.close();
  }

  async shot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.#folder, `${name}.png`) });
  }

  /** The button that says this; `exact` false: that contains it. */
  button(name: string, exact = true): Locator {
    return this.page.getByRole('button', { name, exact });
  }

  async press(name: string, exact = true): Promise<void> {
    await this.button(name, exact).click();
  }

  /** A field by the beginning of its label. */
  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label });
  }

  /** Types by the keys of the screen into the field that has the focus. */
  async touch(keys: Iterable<string>): Promise<void> {
    const keyboard = this.page.getByRole('group', { name: s.login.keyboard });
    for (const key of keys) {
      const name = key === ' ' ? s.login.keys['{space}'] : key;
      await keyboard.getByRole('button', { name, exact: true }).click();
    }
  }

  /** OK on the keys of the screen. */
  async touchOk(): Promise<void> {
    await this.touch(['OK']);
  }

  async next(name: string = s.login.next): Promise<void> {
    await this.press(name);
  }

  /**
   * A badge at the reader, which types faster than any hand. The keys are pressed inside the page: through the browser's
   * remote control they come so far apart on a busy machine that nobody would take them for a reader's.
   */
  async holdBadge(number: string): Promise<void> {
    await this.page.evaluate(
      (keys) => {
        for (const key of keys)
          (document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
          );
      },
      [...number, 'Enter'],
    );
  }

  async sees(text: string | RegExp, timeout = 15_000): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout });
  }

  /** Says who one is in an open dialogue, and the password. */
  async givePassword(userName: string, password: string): Promise<void> {
    await this.field(s.login.userName).fill(userName);
    await this.next();
    await this.field(s.login.password).fill(password);
    await this.next();
  }

  /** What the kiosk answers when this page asks for another path. */
  async statusOf(path: string): Promise<number> {
    return this.page.evaluate(async (asked) => (await fetch(asked)).status, path);
  }

  /** Waits until an outcome on the page has left it. */
  async sheetLeaves(): Promise<void> {
    await this.page.locator('.sheet').waitFor({ state: 'detached', timeout: 10_000 });
  }

  /** Opens one way to sign in for its set-up: during the registration, or on the own page. */
  async setUp(part: keyof typeof s.account.parts): Promise<void> {
    await this.page
      .getByRole('listitem')
      .filter({ has: this.page.locator('strong', { hasText: s.account.parts[part] }) })
      .getByRole('button', { name: s.account.setUp })
      .click();
  }

  /** Sets up the authenticator app. */
  async setUpAuthenticator(shot: string): Promise<Authenticator> {
    await this.setUp('totp');
    const shown = await this.page.locator('.secret-text').textContent();
    const app = new Authenticator((shown ?? '').replace(/\s/g, ''));
    await this.field(s.account.totpCode).fill(app.code());
    await this.shot(shot);
    await this.next(s.account.confirm);
    return app;
  }
}

/** An authenticator app. Each code is of a time step of its own, as the kiosk takes none twice. */
export class Authenticator {
  readonly #totp: TOTP;
  #step = 0;

  constructor(secret: string) {
    this.#totp = new TOTP({ secret });
  }

  /** The code of now; right after another one, that of the next half minute, which a fast clock shows already. */
  code(): string {
    const step = Math.max(Math.floor(Date.now() / 30_000), this.#step + 1);
    this.#step = step;
    return this.#totp.generate({ timestamp: step * 30_000 });
  }
}
