import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { policyOf } from '../../src/domain/policy-written.js';
import { cameraDesk, startCameraPin } from '../../src/kiosk-camera-pin.js';
import { Lifecycle } from '../../src/kiosk-lifecycle.js';
import type { Rooms } from '../../src/kiosk-rooms.js';
import { createLogger } from '../../src/log/logger.js';
import type { CameraIdentity } from '../../src/ports/camera.js';
import type { Vision, VisionStatus } from '../../src/ports/vision.js';
import { tempState } from '../fakes/temp-state.js';

const camera = (model: string): CameraIdentity => ({
  kind: 'opencv',
  source: '/dev/video0',
  recorded: false,
  device: { busPath: 'usb-0000:01:00.0-1.3:1.0', model, driver: 'uvcvideo', virtual: false },
});

describe('the camera of liveness in a kiosk', () => {
  let state: Awaited<ReturnType<typeof tempState>>;
  let store: ReturnType<typeof state.store>;
  beforeEach(async () => {
    state = await tempState();
    store = state.store();
    await store.open();
  });
  afterEach(async () => {
    await store.close();
    await state.dispose();
  });

  async function started(given: object) {
    const lines: string[] = [];
    let tell: (status: VisionStatus) => void = () => undefined;
    let status: VisionStatus = { process: 'running', restarts: 0, camera: 'opening', fps: 0 };
    const vision = {
      status: () => status,
      onStatus: (listener: (status: VisionStatus) => void) => {
        tell = listener;
      },
    };
    let tampered = 0;
    const config = configSchema.parse(given);
    const log = createLogger({
      level: 'info',
      journal: false,
      pretty: false,
      destination: { write: (line) => lines.push(line) },
    });
    const lifecycle = new Lifecycle();
    const pin = await startCameraPin({
      rooms: { store, clock: state.clock } as unknown as Rooms,
      vision: vision as unknown as Vision,
      config,
      policy: policyOf(config.policy),
      lifecycle,
      log,
      onFault: (error) => {
        throw error;
      },
      onTamper: () => tampered++,
    });
    const show = (model: string): void => {
      status = { ...status, camera: 'running', cameraIdentity: camera(model) };
      tell(status);
    };
    return { pin, desk: cameraDesk(pin, log), show, lines, lifecycle, tampered: () => tampered };
  }

  it('raises the alarm and logs when another one runs, and logs that an administrator took it', async () => {
    const policy = { attend: [['face+liveness'], ['badge', 'pin']] };
    const kiosk = await started({ policy });
    kiosk.show('046d:0825');
    await kiosk.desk.pin();
    expect(kiosk.tampered()).toBe(0);
    kiosk.show('046d:0826');
    expect(kiosk.tampered()).toBe(1);
    expect(kiosk.lines.at(-1)).toContain('vestibule liveness camera --pin');
    expect(kiosk.pin.standing()).toMatchObject({ refused: 'camera_changed' });
    expect(await kiosk.desk.pin()).toMatchObject({ standing: { kind: 'usb', demo: false } });
    expect(kiosk.lines.at(-1)).toContain('An administrator recorded the camera');
    expect(await kiosk.lifecycle.stop()).toEqual([]);
  });

  it('warns at the start where the configuration lets everything count', async () => {
    const policy = { attend: [['face+liveness'], ['badge', 'pin']] };
    const demo = await started({ policy, liveness: { camera: 'demo' } });
    expect(demo.lines.join('')).toContain('Never use this at a door');
    demo.show('046d:0825');
    demo.show('046d:0826');
    expect(demo.tampered()).toBe(0);
    const other = await started({ liveness: { camera: 'demo' } });
    expect(other.lines).toEqual([]);
  });
});
