import type { CameraStanding } from './auth/camera-standing.js';
import { LivenessFactor } from './auth/factors/liveness.js';
import type { Config } from './config/schema.js';
import { LivenessRun } from './domain/liveness/liveness-run.js';
import { judgePoseTake } from './domain/liveness/pose-signature.js';
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
  const { poseChecks, poseSignature } = config.liveness;
  return new LivenessFactor({
    ...rooms,
    ...rest,
    config,
    curvesOf,
    frameIntervalMs: cameraIntervalMs(settings),
    newRun: (order, at) => new LivenessRun(order, at),
    judgePose: (take, enrolled) => judgePoseTake(take, enrolled, poseChecks, poseSignature),
  });
}
