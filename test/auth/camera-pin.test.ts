import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CameraPin } from '../../src/auth/camera-pin.js';
import { judgeCamera } from '../../src/auth/camera-standing.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { CameraDevice, CameraIdentity } from '../../src/ports/camera.js';
import type { Store } from '../../src/ports/collection.js';
import type { VisionStatus } from '../../src/ports/vision.js';
import { tempState } from '../fakes/temp-state.js';

const DEVICE: CameraDevice = {
  busPath: 'usb-0000:01:00.0-1.3:1.0',
  model: '046d:0825',
  driver: 'uvcvideo',
  virtual: false,
};
const usb = (change: Partial<CameraDevice> = {}): CameraIdentity => ({
  kind: 'opencv',
  source: '/dev/video0',
  recorded: false,
  device: { ...DEVICE, ...change },
});
const NO_LENS: readonly CameraIdentity[] = [
  usb({ virtual: true }),
  { kind: 'opencv', source: 'rtsp://camera/1', recorded: false },
  { kind: 'opencv', source: 'clip.mp4', recorded: true },
  { kind: 'raspistill', source: 'raspistill', recorded: false },
  { kind: 'browser', source: 'browser', recorded: false },
  { kind: 'demo', source: 'demo', recorded: true },
];

describe('standing of a camera', () => {
  it('counts only as the pinned piece of hardware', () => {
    expect(judgeCamera(usb(), DEVICE, 'pinned')).toEqual({ kind: 'usb', demo: false });
    for (const other of [{ busPath: 'usb-0000:01:00.0-1.4:1.0' }, { model: '046d:0826' }, { driver: 'gspca_main' }])
      expect(judgeCamera(usb(other), DEVICE, 'pinned')).toMatchObject({ refused: 'camera_changed' });
    expect(judgeCamera(usb(), undefined, 'pinned')).toMatchObject({ refused: 'camera_not_allowed' });
    expect(judgeCamera(undefined, DEVICE, 'pinned')).toMatchObject({ refused: 'camera_lost' });
    expect(judgeCamera(undefined, DEVICE, 'demo')).toMatchObject({ refused: 'camera_lost' });
  });

  it('refuses whatever is no lens of this machine, unless the configuration says demo, which the record says', () => {
    for (const identity of NO_LENS) {
      expect(judgeCamera(identity, DEVICE, 'pinned')).toMatchObject({ demo: false, refused: 'camera_not_allowed' });
      const demo = judgeCamera(identity, DEVICE, 'demo');
      expect(demo.demo).toBe(true);
      expect(demo.refused).toBeUndefined();
    }
    expect(judgeCamera(usb(), DEVICE, 'demo')).toEqual({ kind: 'usb', demo: false });
  });
});

describe('the camera pin', () => {
  let state: Awaited<ReturnType<typeof tempState>>;
  let store: ReturnType<typeof state.store>;
  let status: VisionStatus;
  let listeners: ((status: VisionStatus) => void)[];
  let tampered: number;
  let faults: unknown[];

  beforeEach(async () => {
    state = await tempState();
    store = state.store();
    await store.open();
    status = { process: 'running', restarts: 0, camera: 'opening', fps: 0 };
    listeners = [];
    tampered = 0;
    faults = [];
  });
  afterEach(async () => {
    await store.close();
    await state.dispose();
  });

  async function pinOf(
    change: { mode?: 'pinned' | 'demo'; wanted?: boolean; store?: Pick<Store, 'collection'> } = {},
  ): Promise<CameraPin> {
    const pin = new CameraPin({
      store: change.store ?? store,
      clock: state.clock,
      vision: { status: () => status, onStatus: (listener) => void listeners.push(listener) },
      mode: change.mode ?? 'pinned',
      wanted: change.wanted ?? true,
      onTamper: () => tampered++,
      onFault: (fault) => faults.push(fault),
    });
    await pin.start();
    return pin;
  }
  /** The camera changes its state, as the vision process tells it. */
  function show(camera: VisionStatus['camera'], identity?: CameraIdentity): void {
    status = { ...status, camera, ...(identity !== undefined && { cameraIdentity: identity }) };
    for (const listener of listeners) listener(status);
  }
  const stored = async (): Promise<string> => readFile(join(state.directory, 'camera-pin.json'), 'utf8');

  it('records the first lens that runs and keeps it over a restart', async () => {
    const pin = await pinOf();
    show('opening', usb());
    expect(pin.standing()).toMatchObject({ refused: 'camera_lost' });
    show('running', usb());
    await pin.stop();
    expect(pin.standing()).toEqual({ kind: 'usb', demo: false });
    expect(JSON.parse(await stored()).data).toEqual({ pinned: DEVICE, at: '2026-11-21T08:00:00.000Z' });
    const again = await pinOf();
    show('running', usb({ model: '046d:0826' }));
    expect(again.standing()).toMatchObject({ refused: 'camera_changed' });
    expect(again.view()).toMatchObject({ pinned: DEVICE, camera: { device: { model: '046d:0826' } } });
  });

  it('never records what is no lens', async () => {
    const pin = await pinOf();
    for (const identity of NO_LENS) {
      show('running', identity);
      expect(pin.standing()).toMatchObject({ refused: 'camera_not_allowed' });
      await expect(pin.pin()).rejects.toMatchObject({ code: 'input_invalid' });
    }
    await pin.stop();
    expect(pin.view().pinned).toBeUndefined();
  });

  it('never takes the next camera for the first one while an administrator pins', async () => {
    const pin = await pinOf();
    status = { ...status, camera: 'running', cameraIdentity: usb() };
    const pinning = pin.pin();
    show('running', usb({ model: '046d:0826' }));
    await pinning;
    await expect.poll(() => tampered).toBe(1);
    await pin.stop();
    expect(pin.view()).toMatchObject({ pinned: DEVICE, standing: { refused: 'camera_changed' } });
  });

  it('raises the alarm once for every strange camera, and takes it only when an administrator pins anew', async () => {
    const pin = await pinOf();
    show('running', usb());
    await pin.pin();
    show('lost');
    show('running', usb());
    expect(tampered).toBe(0);
    show('lost');
    const other = usb({ busPath: 'usb-0000:01:00.0-1.4:1.0' });
    show('running', other);
    show('lost');
    show('running', other);
    expect(tampered).toBe(1);
    expect(pin.standing()).toMatchObject({ refused: 'camera_changed' });
    expect((await pin.pin()).standing).toEqual({ kind: 'usb', demo: false });
    show('running', usb());
    expect(tampered).toBe(2);
    show('running', { kind: 'opencv', source: 'clip.mp4', recorded: true });
    expect(tampered).toBe(3);
    expect(faults).toEqual([]);
  });

  it('records nothing and raises nothing where the policy does not ask for liveness', async () => {
    const pin = await pinOf({ wanted: false });
    show('running', usb());
    await pin.stop();
    expect(pin.view().pinned).toBeUndefined();
    expect(pin.standing()).toMatchObject({ refused: 'camera_not_allowed' });
    await pin.pin();
    show('running', usb({ model: '046d:0826' }));
    expect(tampered).toBe(0);
  });

  it('does not count while nothing could be recorded', async () => {
    const full: Pick<Store, 'collection'> = {
      collection: async (spec) => ({
        ...(await store.collection(spec)),
        read: () => spec.initial(),
        update: () => Promise.reject(new VestibuleError('storage_full', 'The disk is full.')),
      }),
    };
    const pin = await pinOf({ store: full });
    show('running', usb());
    await pin.stop();
    expect(faults).toMatchObject([{ code: 'storage_full' }]);
    expect(pin.standing()).toMatchObject({ refused: 'camera_not_allowed' });
    await expect(pin.pin()).rejects.toMatchObject({ code: 'storage_full' });
  });

  it('refuses to pin while no camera runs', async () => {
    const pin = await pinOf();
    await expect(pin.pin()).rejects.toMatchObject({ code: 'camera_missing' });
  });
});
