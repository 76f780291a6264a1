import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { createHttpServer, type HttpServer } from '../../src/http/server.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';
import { buildPage } from '../support/built-page.js';
import { type Browser, launchChromium } from '../support/chromium.js';
import { drawnJpegs } from '../support/drawn-picture.js';

const output = fileURLToPath(new URL('../../test-output/', import.meta.url));

export interface Watched {
  readonly page: Page;
  /** Console errors, page errors and requests to anything but the kiosk. */
  readonly faults: string[];
}

/** The real server with a fake kiosk, the pages as they are now, and Chromium. */
export class PageFixture {
  readonly kiosk = new FakeKiosk();
  url = '';
  #server: HttpServer | undefined;
  #built: { directory: string; remove(): Promise<void> } | undefined;
  #browser: Browser | undefined;
  #frames: NodeJS.Timeout | undefined;

  async start(options: { readonly camera?: string; readonly box?: string } = {}): Promise<void> {
    this.#built = await buildPage();
    await this.serve();
    this.#browser = await launchChromium(options.camera === undefined ? {} : { camera: options.camera });
    const pictures = drawnJpegs(12, options.box);
    let n = 0;
    this.#frames = setInterval(() => this.kiosk.picture(pictures[n++ % pictures.length]!), 60);
  }

  /** Starts the server, on the same port as before after `hide`. */
  async serve(): Promise<void> {
    const port = this.url === '' ? 0 : Number(new URL(this.url).port);
    this.#server = createHttpServer(this.kiosk, {
      host: '127.0.0.1',
      port,
      origins: [],
      uiDirectory: this.#built!.directory,
    });
    this.url = (await this.#server.start()).url;
  }

  /** Stops the server: the page loses the kiosk. */
  async hide(): Promise<void> {
    await this.#server?.stop();
  }

  async open(path = '/', size = { width: 800, height: 480 }): Promise<Watched> {
    const page = await this.#browser!.context.newPage();
    await page.setViewportSize(size);
    page.setDefaultTimeout(8000);
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(this.url) && !/^(blob|data):/.test(request.url())) faults.push(request.url());
    });
    await page.goto(path.startsWith('/') ? `${this.url}${path}` : path, { waitUntil: 'domcontentloaded' });
    return { page, faults };
  }

  /** Closes what a test left open, and forgets its sessions: a browser opens six connections to a server, and each page holds two. */
  async closePages(): Promise<void> {
    for (const page of this.#browser?.context.pages() ?? []) if (page.url() !== 'about:blank') await page.close();
    await this.#browser?.context.clearCookies();
  }

  async shot(page: Page, name: string): Promise<void> {
    mkdirSync(output, { recursive: true });
    await page.screenshot({ path: join(output, `${name}.png`), animations: 'disabled' });
  }

  async stop(): Promise<void> {
    clearInterval(this.#frames);
    await this.#browser?.close();
    await this.#server?.stop();
    await this.#built?.remove();
  }
}

/** A page that is drawn anew (a message comes, the keyboard goes) settles within this time. */
const SETTLES_MS = 2000;

/** What is wrong with a page that has settled: what a busy machine shows for a moment in between is no fault. */
export async function settledFaults(look: () => Promise<string[]>): Promise<string[]> {
  for (const until = performance.now() + SETTLES_MS; ; ) {
    const faults = await look();
    if (faults.length === 0 || performance.now() > until) return faults;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Elements that stick out of the window, and buttons smaller than a finger. */
export function layoutFaults(page: Page): Promise<string[]> {
  return settledFaults(() => layoutFaultsNow(page));
}

function layoutFaultsNow(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // What slides in must have arrived; what pulses for ever is measured as it is.
    const finite = document.getAnimations().filter((a) => a.effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(finite.map((a) => a.finished));
    const wrong: string[] = [];
    const { innerWidth: w, innerHeight: h } = window;
    if (document.documentElement.scrollWidth > w) wrong.push(`page is ${document.documentElement.scrollWidth} wide`);
    const named = 'button, .button, h1, .what, .say, .clock, .date, .hint, .sign, dd, .ring, .mark, .demo';
    for (const element of document.querySelectorAll<HTMLElement>(named)) {
      const r = element.getBoundingClientRect();
      const name = `${element.tagName}.${element.className} "${(element.textContent ?? '').slice(0, 30)}"`;
      if (r.width === 0 || element.closest('.hidden') !== null) continue;
      const inScroller = element.closest('.content, .admin') !== null;
      if (r.left < -1 || r.right > w + 1) wrong.push(`${name} sticks out sideways`);
      if (!inScroller && (r.top < -1 || r.bottom > h + 1)) wrong.push(`${name} sticks out: ${r.top}–${r.bottom}`);
      // Eleven keys share the width of an upright screen; they keep their height.
      const least = element.matches('.hg-button') && h > w ? 36 : 48;
      if (element.matches('button, .button') && (r.width < least || r.height < 48)) wrong.push(`${name} is too small`);
      if (element.scrollWidth > element.clientWidth + 2 && getComputedStyle(element).overflowX === 'hidden')
        wrong.push(`${name} is cut`);
      const sheet = element.closest('.sheet, .live, .side')?.getBoundingClientRect();
      if (sheet && (r.top < sheet.top - 1 || r.bottom > sheet.bottom + 1))
        wrong.push(`${name} leaves its panel: ${r.top}–${r.bottom} of ${sheet.top}–${sheet.bottom}`);
    }
    return wrong;
  });
}
