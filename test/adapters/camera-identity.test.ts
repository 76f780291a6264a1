import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CameraDevices } from '../../src/adapters/camera-device.js';
import { foundCamera } from '../../src/adapters/camera-found.js';
import { CameraRpicam } from '../../src/adapters/camera-rpicam.js';
import { MonotonicClock } from '../../src/adapters/clock-monotonic.js';
import type { CameraDevice } from '../../src/ports/camera.js';
import { writeTestPicture } from '../support/pictures.js';

const bin = join(import.meta.dirname, '../fakes/bin');
const sensor = (place: string): CameraDevice => ({
  busPath: `i2c@${place}/imx708@1a`,
  model: 'imx708',
  driver: 'libcamera',
  virtual: false,
});

describe('identity of a camera', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vestibule-identity-'));
    vi.stubEnv('FAKE_RPICAM', 'none');
    writeTestPicture(folder, 'picture.jpg');
    vi.stubEnv('FAKE_RPICAM_JPEG', join(folder, 'picture.jpg'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is found out anew at every opening, and a device that cannot be named is no former one', async () => {
    const answers = [
      async () => sensor('88000'),
      async () => sensor('80000'),
      async () => undefined,
      () => Promise.reject(new Error('unreadable')),
    ];
    const clock = new MonotonicClock();
    const command = join(bin, 'rpicam-vid');
    const device = () => answers.shift()!();
    const camera = new CameraRpicam({ clock, width: 320, height: 240, fps: 30, command, device });
    const seen: (CameraDevice | undefined)[] = [];
    while (answers.length > 0) {
      await camera.start();
      seen.push(camera.identity.device);
      await camera.stop();
    }
    expect(seen).toEqual([sensor('88000'), sensor('80000'), undefined, undefined]);
  });

  it('is the same without opening it', async () => {
    const devices = new CameraDevices({
      root: folder,
      run: async () => '0 : imx708 [4608x2592 10-bit RGGB] (/base/axi/rp1/i2c@88000/imx708@1a)',
    });
    expect(await foundCamera({ kind: 'rpicam' }, devices)).toMatchObject({ kind: 'rpicam', device: sensor('88000') });
    expect(await foundCamera({ kind: 'none' }, devices)).toBeUndefined();
    expect(await foundCamera({ kind: 'device', device: 0 }, devices)).toBeUndefined();
    expect(await foundCamera({ kind: 'url', url: 'rtsp://user:secret@camera/1' }, devices)).toMatchObject({
      recorded: false,
      source: expect.not.stringContaining('secret'),
    });
    const file = { kind: 'file', path: 'a.mp4', pace: 'own', loop: false } as const;
    expect(await foundCamera(file, devices)).toMatchObject({ recorded: true });
  });
});
