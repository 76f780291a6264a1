import type { LivenessReason } from '../domain/liveness/gate.js';
import type { CameraDevice, CameraIdentity } from '../ports/camera.js';

/** Whether the camera counts for liveness. */
export interface CameraStanding {
  /** What it is, for the record: one of CAMERA_KINDS. */
  readonly kind: CameraKind;
  /** It counts only because `liveness.camera` is demo. */
  readonly demo: boolean;
  /** Why it does not count; absent where it does. */
  readonly refused?: LivenessReason;
}

/** Kinds of cameras as docs/liveness.md names them. Only `usb` and `sensor` are lenses that can be pinned. */
export const CAMERA_KINDS = ['usb', 'sensor', 'virtual', 'recording', 'demo', 'browser', 'unknown', 'none'] as const;
export type CameraKind = (typeof CAMERA_KINDS)[number];

/** What a camera is. `unknown`: nobody can say what stands behind an address, a pipeline or an unnamed device. */
export function cameraKind(identity: CameraIdentity | undefined): CameraKind {
  if (identity === undefined) return 'none';
  if (identity.kind === 'demo') return 'demo';
  if (identity.kind === 'browser') return 'browser';
  if (identity.recorded) return 'recording';
  if (identity.device === undefined) return 'unknown';
  if (identity.device.virtual) return 'virtual';
  return identity.device.busPath.startsWith('usb-') ? 'usb' : 'sensor';
}

/** The device of a camera that may be pinned; undefined for everything that is no lens of this machine. */
export function pinnableDevice(identity: CameraIdentity | undefined): CameraDevice | undefined {
  const kind = cameraKind(identity);
  return kind === 'usb' || kind === 'sensor' ? identity?.device : undefined;
}

/** Same socket, same model, same driver. */
export function sameDevice(a: CameraDevice, b: CameraDevice): boolean {
  return a.busPath === b.busPath && a.model === b.model && a.driver === b.driver && a.virtual === b.virtual;
}

/**
 * The standing of a running camera.
 * @param pinned the camera that was recorded; undefined while none is
 * @param mode `liveness.camera`
 */
export function judgeCamera(
  identity: CameraIdentity | undefined,
  pinned: CameraDevice | undefined,
  mode: 'pinned' | 'demo',
): CameraStanding {
  const kind = cameraKind(identity);
  if (kind === 'none') return { kind, demo: false, refused: 'camera_lost' };
  const device = pinnableDevice(identity);
  if (device !== undefined && pinned !== undefined && sameDevice(device, pinned)) return { kind, demo: false };
  if (mode === 'demo') return { kind, demo: true };
  const isOther = device !== undefined && pinned !== undefined;
  return { kind, demo: false, refused: isOther ? 'camera_changed' : 'camera_not_allowed' };
}
