import type { CameraStanding } from './auth/camera-standing.js';
import { LivenessFactor } from './auth/factors/liveness.js';
import type { Config } from './config/schema.js';
import type { Rooms } from './kiosk-rooms.js';
import { cameraIntervalMs } from './kiosk-vision.js';
import { curvesOf } from './packs/calibration.js';
import type { Vision } from './ports/vision.js';
import type { VisionSettings } from './vision/protocol.js';

/** Liveness and pose as factors of the login terminal. */
export function composeLiveness(parts: {
  readonly rooms: Pick<Rooms, 'clock' | 'random' | 'people' | 'templates'>;
  readonly config: Config;
  readonly settings: VisionSettings;
  readonly vision: Vision;
  readonly cameraStanding: () => CameraStanding;
  readonly onFault: (fault: Error) => void;
}): LivenessFactor {
  const { rooms, config, settings, ...rest } = parts;
  return new LivenessFactor({
    ...rooms,
    ...rest,
    config,
    curvesOf,
    frameIntervalMs: cameraIntervalMs(settings),
    newRun: () => {
      throw new Error('The run of liveness is not there.');
    },
    judgePose: () => {
      throw new Error('The pose judge is not there.');
    },
  });
}
