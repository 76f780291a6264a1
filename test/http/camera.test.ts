import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonClient } from '../../src/cli/daemon-client.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { WireCameraPin } from '../../src/http/contract-camera.js';
import { serve } from './served.js';

const DEVICE = { busPath: 'usb-0000:01:00.0-1.3:1.0', model: '046d:0825', driver: 'uvcvideo', virtual: false };
const OTHER = { ...DEVICE, model: '046d:0826' };
const state = mkdtempSync(join(tmpdir(), 'vestibule-camera-'));
let kiosk: Awaited<ReturnType<typeof serve>>;
let client: DaemonClient;
beforeAll(async () => {
  kiosk = await serve();
  writeFileSync(join(state, 'admin.code'), kiosk.kiosk.adminCode, { mode: 0o600 });
  client = new DaemonClient({ url: kiosk.url, pid: process.pid }, state);
});
afterAll(async () => {
  await kiosk.stop();
  rmSync(state, { recursive: true, force: true });
});

describe('the camera that counts for liveness, through a running kiosk', () => {
  it('is shown and pinned anew by the command line', async () => {
    let pinned = DEVICE;
    const view = (): WireCameraPin => ({
      standing: { kind: 'usb', demo: false, ...(pinned === DEVICE && { refused: 'camera_changed' as const }) },
      pinned,
      pinnedAt: '2026-11-21T08:00:00.000Z',
      camera: { kind: 'opencv', source: '/dev/video0', recorded: false, device: OTHER },
    });
    Object.assign(kiosk.kiosk.camera, {
      view,
      pin: async () => {
        pinned = OTHER;
        return view();
      },
    });
    expect(await client.camera()).toMatchObject({ standing: { refused: 'camera_changed' }, pinned: DEVICE });
    expect(await client.pinCamera()).toEqual({
      standing: { kind: 'usb', demo: false },
      pinned: OTHER,
      pinnedAt: '2026-11-21T08:00:00.000Z',
      camera: { kind: 'opencv', source: '/dev/video0', recorded: false, device: OTHER },
    });
  });

  it('is not pinned where it is no lens, with the reason', async () => {
    kiosk.kiosk.camera.pin = async () => {
      throw new VestibuleError('input_invalid', 'clip.mp4 is no camera of this machine.');
    };
    await expect(client.pinCamera()).rejects.toThrow('clip.mp4 is no camera');
  });

  it('is nobody else’s business', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/admin/camera'],
      ['POST', '/api/v1/admin/camera/pin'],
    ] as const) {
      const { status } = await fetch(`${kiosk.url}${path}`, { method, headers: { origin: kiosk.url } });
      expect(status).toBe(401);
    }
  });
});
