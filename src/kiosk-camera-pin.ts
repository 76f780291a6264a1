import { CameraPin } from './auth/camera-pin.js';
import type { Config } from './config/schema.js';
import { toError } from './domain/errors.js';
import { factorsInUse, type Policy } from './domain/policy.js';
import type { CameraDesk } from './http/parts.js';
import type { Lifecycle } from './kiosk-lifecycle.js';
import type { Rooms } from './kiosk-rooms.js';
import type { Log } from './log/logger.js';
import type { Vision } from './ports/vision.js';

/** The camera that counts for liveness, joined with log and alarm. */
export async function startCameraPin(parts: {
  readonly rooms: Pick<Rooms, 'store' | 'clock'>;
  readonly vision: Vision;
  readonly config: Config;
  readonly policy: Policy;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
  readonly onFault: (error: Error) => void;
  /** Another camera than the recorded one runs. */
  readonly onTamper: () => void;
}): Promise<CameraPin> {
  const { rooms, vision, config, policy, log } = parts;
  const mode = config.liveness.camera;
  const wanted = factorsInUse(policy).some((kind) => kind === 'liveness' || kind === 'pose');
  if (mode === 'demo' && wanted)
    log.warn('liveness.camera is demo: recordings and any camera count for liveness. Never use this at a door.');
  const pin = new CameraPin({
    store: rooms.store,
    clock: rooms.clock,
    vision,
    mode,
    wanted,
    onTamper: () => {
      log.warn(
        'Another camera than the recorded one runs: liveness refuses it until an administrator runs `vestibule liveness camera --pin`.',
      );
      parts.onTamper();
    },
    onFault: (thrown) => parts.onFault(toError(thrown)),
  });
  await parts.lifecycle.start(
    'camera pin',
    () => pin.start(),
    () => pin.stop(),
  );
  return pin;
}

/** What the administration sees and does; a new pin is logged. */
export function cameraDesk(pin: CameraPin, log: Log): CameraDesk {
  return {
    view: () => pin.view(),
    pin: async () => {
      const view = await pin.pin();
      log.info('An administrator recorded the camera that counts for liveness');
      return view;
    },
  };
}
