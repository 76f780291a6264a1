import type { CameraIdentity, CameraSource } from '../ports/camera.js';
import type { CameraDevices } from './camera-device.js';
import { redactSource } from './redact-source.js';

/**
 * What the camera of a source would be, without opening it.
 * @returns undefined where there is none: no camera is configured, or the device is not plugged in
 */
export async function foundCamera(source: CameraSource, devices: CameraDevices): Promise<CameraIdentity | undefined> {
  switch (source.kind) {
    case 'none':
      return undefined;
    case 'device': {
      const path = typeof source.device === 'number' ? `/dev/video${source.device}` : source.device;
      const device = await devices.of(source);
      return device && { kind: 'opencv', source: path, recorded: false, device };
    }
    case 'rpicam': {
      const device = await devices.of(source);
      return device && { kind: 'rpicam', source: 'rpicam-vid', recorded: false, device };
    }
    case 'url':
      return { kind: 'opencv', source: redactSource(source.url), recorded: false };
    case 'gstreamer': {
      const recorded = /\bvideotestsrc\b/.test(source.pipeline);
      return { kind: 'opencv', source: redactSource(source.pipeline), recorded };
    }
    case 'file':
      return { kind: 'opencv', source: redactSource(source.path), recorded: true };
    case 'demo':
      return { kind: 'demo', source: 'demo', recorded: true };
    case 'raspistill':
    case 'browser':
      return { kind: source.kind, source: source.kind, recorded: false };
  }
}
