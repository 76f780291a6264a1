import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CameraBrowser } from '../../src/adapters/camera-browser.js';
import { CameraDemo } from '../../src/adapters/camera-demo.js';
import { CameraOpencv, type OpencvSource } from '../../src/adapters/camera-opencv.js';
import { CameraRaspistill } from '../../src/adapters/camera-raspistill.js';
import { CameraRpicam } from '../../src/adapters/camera-rpicam.js';
import { MonotonicClock } from '../../src/adapters/clock-monotonic.js';
import { ImagingOpencv } from '../../src/adapters/imaging-opencv.js';
import { loadOpencv } from '../../src/adapters/opencv.js';
import { cameraContract } from '../contracts/camera.js';
import { FakeCamera } from '../fakes/fake-camera.js';
import { startMjpegServer } from '../support/mjpeg-server.js';
import { writeTestPicture, writeTestVideo } from '../support/pictures.js';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-camera-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(dirname(fileURLToPath(import.meta.url)), '..', 'fakes', 'bin');
const clock = new MonotonicClock();
const cv = loadOpencv();
const video = writeTestVideo(folder, 1);
const jpeg = writeTestPicture(folder, 'picture.jpg');
process.env.FAKE_RPICAM_JPEG = join(folder, 'picture.jpg');
process.env.FAKE_RASPISTILL_JPEG = join(folder, 'picture.jpg');

const opencv = (source: OpencvSource): CameraOpencv =>
  new CameraOpencv({ cv, clock, source, width: 320, height: 240, fps: 15 });
const nothing = async (): Promise<void> => undefined;

cameraContract(
  'a looping video file',
  async () => ({ camera: opencv({ kind: 'file', path: video, pace: 'fast', loop: true }), close: nothing }),
  { canFreeze: false },
);

cameraContract(
  'MJPEG over HTTP',
  async () => {
    const server = await startMjpegServer(join(folder, 'picture.jpg'));
    return {
      camera: opencv({ kind: 'url', url: server.url }),
      freeze: async () => server.freeze(),
      close: server.kill,
    };
  },
  { canFreeze: true },
);

const pipeline =
  'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=30/1 ! videoconvert ! video/x-raw,format=BGR ! appsink drop=true max-buffers=1 sync=false';
if (await pipelinesRun()) {
  cameraContract(
    'a GStreamer pipeline',
    async () => ({ camera: opencv({ kind: 'gstreamer', pipeline }), close: nothing }),
    { canFreeze: false },
  );
} else {
  it.skip('a GStreamer pipeline as a camera: the package gstreamer1.0-plugins-base is not installed');
}

async function pipelinesRun(): Promise<boolean> {
  const camera = opencv({ kind: 'gstreamer', pipeline });
  return camera.start().then(
    async () => {
      await camera.stop();
      return true;
    },
    () => false,
  );
}

cameraContract(
  'rpicam-vid',
  async () => {
    process.env.FAKE_RPICAM = 'none';
    const camera = new CameraRpicam({ clock, width: 320, height: 240, fps: 30, command: join(bin, 'rpicam-vid') });
    return { camera, close: nothing };
  },
  { canFreeze: false },
);

cameraContract(
  'raspistill',
  async () => {
    const hang = join(folder, 'hang');
    process.env.FAKE_RASPISTILL = 'none';
    process.env.FAKE_RASPISTILL_HANG_FILE = hang;
    rmSync(hang, { force: true });
    const camera = new CameraRaspistill({ clock, width: 320, height: 240, command: join(bin, 'raspistill') });
    return { camera, freeze: async () => writeFileSync(hang, ''), close: async () => rmSync(hang, { force: true }) };
  },
  { canFreeze: true },
);

cameraContract(
  'the browser',
  async () => {
    const camera = new CameraBrowser({ clock });
    const timer = setInterval(() => camera.push(jpeg), 30);
    return { camera, freeze: async () => clearInterval(timer), close: async () => clearInterval(timer) };
  },
  { canFreeze: true },
);

cameraContract(
  'the demo',
  async () => ({ camera: new CameraDemo({ clock, imaging: await ImagingOpencv.load(), fps: 30 }), close: nothing }),
  { canFreeze: false },
);

cameraContract(
  'the fake camera of the tests',
  async () => {
    const camera = new FakeCamera({ clock, intervalMs: 20 });
    return { camera, freeze: async () => camera.freeze(), close: nothing };
  },
  { canFreeze: true },
);

describe('camera-opencv', () => {
  it('ends at the end of a file that does not loop', async () => {
    const camera = opencv({ kind: 'file', path: video, pace: 'fast', loop: false });
    await camera.start();
    let frames = 0;
    const ended = await (async () => {
      for (;;) {
        await camera.read(3000);
        frames += 1;
      }
    })().catch((error) => error.code);
    await camera.stop();
    expect(ended).toBe('camera_ended');
    expect(frames).toBe(15);
  });

  it('goes on from the beginning of a looping file and keeps counting', async () => {
    const camera = opencv({ kind: 'file', path: video, pace: 'fast', loop: true });
    await camera.start();
    let last = 0;
    for (let i = 0; i < 40; i++) last = (await camera.read(3000)).seq;
    await camera.stop();
    expect(last).toBe(40);
  });

  it('names a missing device and a missing file as missing, a broken file as unreadable', async () => {
    const broken = join(folder, 'broken.avi');
    writeFileSync(broken, 'no video at all');
    await expect(opencv({ kind: 'device', device: '/dev/video-none' }).start()).rejects.toMatchObject({
      code: 'camera_missing',
    });
    await expect(opencv({ kind: 'device', device: 61 }).start()).rejects.toMatchObject({ code: 'camera_missing' });
    await expect(
      opencv({ kind: 'file', path: join(folder, 'none.avi'), pace: 'own', loop: true }).start(),
    ).rejects.toMatchObject({ code: 'camera_missing' });
    await expect(opencv({ kind: 'file', path: broken, pace: 'own', loop: true }).start()).rejects.toMatchObject({
      code: 'camera_open_failed',
    });
  });

  it('never shows the credentials of a network camera', async () => {
    const camera = opencv({ kind: 'url', url: 'http://user:secret@127.0.0.1:1/video' });
    expect(camera.identity.source).toBe('http://127.0.0.1:1/video');
    const error = await camera.start().catch((fault) => fault);
    expect(error.code).toBe('camera_open_failed');
    expect(`${error.message} ${error.cause?.message}`).not.toContain('secret');
  });

  it('stalls at once when the server of a stream goes away', async () => {
    const server = await startMjpegServer(join(folder, 'picture.jpg'));
    const camera = opencv({ kind: 'url', url: server.url });
    await camera.start();
    await camera.read(3000);
    await server.kill();
    const fault = await (async () => {
      for (let i = 0; i < 200; i++) await camera.read(3000);
    })().catch((error) => error);
    await camera.stop();
    expect(fault).toMatchObject({ code: 'camera_stalled' });
  });
});

describe('camera-rpicam', () => {
  const rpicam = (mode: string, openMs = 8000): CameraRpicam => {
    process.env.FAKE_RPICAM = mode;
    return new CameraRpicam({ clock, width: 320, height: 240, fps: 30, openMs, command: join(bin, 'rpicam-vid') });
  };

  it('says that the program is not installed', async () => {
    const camera = new CameraRpicam({ clock, width: 320, height: 240, fps: 15, command: join(bin, 'no-such-program') });
    await expect(camera.start()).rejects.toMatchObject({ code: 'camera_missing' });
  });

  it('reports the last words of a program that finds no camera', async () => {
    await expect(rpicam('no-camera').start()).rejects.toMatchObject({
      code: 'camera_open_failed',
      message: expect.stringContaining('no cameras available'),
    });
  });

  it('drops pictures that are cut off and gives the whole ones', async () => {
    const camera = rpicam('cut');
    await camera.start();
    const imaging = await ImagingOpencv.load();
    for (let i = 0; i < 5; i++) {
      const frame = await camera.read(3000);
      expect(frame.bytes.length).toBe(jpeg.length);
      expect((await imaging.decode(frame.bytes)).width).toBe(320);
    }
    await camera.stop();
  });

  it.each([
    ['dies', 'Device timeout'],
    ['hangs', 'no picture'],
  ])('stalls when the program %s', async (mode, words) => {
    const camera = rpicam(mode);
    await camera.start();
    const fault = await (async () => {
      for (let i = 0; i < 50; i++) await camera.read(1000);
    })().catch((error) => error);
    await camera.stop();
    expect(fault).toMatchObject({ code: 'camera_stalled', message: expect.stringContaining(words) });
  });

  it('ends a program that does not hear SIGTERM', async () => {
    const camera = rpicam('deaf');
    await camera.start();
    await camera.stop();
    await expect(camera.read(100)).rejects.toMatchObject({ code: 'camera_stalled' });
  });
});

describe('camera-raspistill', () => {
  const raspistill = (mode: string, command = 'raspistill'): CameraRaspistill => {
    process.env.FAKE_RASPISTILL = mode;
    return new CameraRaspistill({ clock, width: 320, height: 240, command: join(bin, command) });
  };

  it('settles when the program is not installed', async () => {
    await expect(raspistill('none', 'no-such-program').start()).rejects.toMatchObject({ code: 'camera_missing' });
  });

  it('reports a failed program with its last words', async () => {
    await expect(raspistill('fails').start()).rejects.toMatchObject({
      code: 'camera_open_failed',
      message: expect.stringContaining('code 70'),
    });
  });

  it.each(['empty', 'cut'])('refuses a picture that is %s although the program said all was well', async (mode) => {
    const camera = raspistill('none');
    await camera.start();
    process.env.FAKE_RASPISTILL = mode;
    await expect(camera.read(5000)).rejects.toMatchObject({ code: 'camera_stalled' });
    await camera.stop();
  });

  it('speaks the options of rpicam-still where only that exists', async () => {
    const camera = raspistill('none', 'rpicam-still');
    await camera.start();
    expect((await camera.read(5000)).width).toBe(320);
    await camera.stop();
  });
});

describe('camera-browser', () => {
  it('refuses what is no whole JPEG', async () => {
    const camera = new CameraBrowser({ clock });
    await camera.start();
    expect(camera.push(new Uint8Array())).toBe(false);
    expect(camera.push(jpeg.subarray(0, 500))).toBe(false);
    expect(camera.push(jpeg)).toBe(true);
    await camera.stop();
  });
});
