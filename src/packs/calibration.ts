import type { CalibrationCurve } from '../domain/calibration.js';
import { facePackManifest, type Manifest, readManifest } from './manifest.js';

/** The calibration curves of a pack. Throws `input_invalid` for a pack that is unknown or recognises no faces. */
export function curvesOf(packId: string, manifest: Manifest = readManifest()): readonly CalibrationCurve[] {
  return facePackManifest(packId, manifest).calibration;
}
