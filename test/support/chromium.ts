import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * Debian's Chromium with a fresh profile that is removed afterwards. `--no-sandbox` only because tests may run as
 * root; the kiosk itself never uses it.
 * @param options camera: absolute path of a .y4m or .mjpeg file that plays the camera (Chromium's own pattern without it)
 */
export async function launchChromium(
  options: {
    readonly camera?: string;
    readonly width?: number;
    readonly height?: number;
    readonly colorScheme?: 'light' | 'dark';
    readonly executable?: string;
    readonly args?: readonly string[];
  } = {},
): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'vestibule-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.executable ?? '/usr/bin/chromium',
    headless: true,
    permissions: ['camera'],
    viewport: { width: options.width ?? 800, height: options.height ?? 480 },
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(options.camera === undefined ? [] : [`--use-file-for-fake-video-capture=${options.camera}`]),
      ...(options.args ?? []),
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
