import type { CalibrationCurve } from '../domain/calibration.js';
import { type Manifest, packManifest, readManifest } from './manifest.js';

/** The calibration curves of a pack. Throws `input_invalid` for an unknown pack. */
export function curvesOf(packId: string, manifest: Manifest = readManifest()): readonly CalibrationCurve[] {
  return packManifest(packId, manifest).calibration;
}
