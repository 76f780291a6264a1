import { CameraDemo } from '../adapters/camera-demo.js';
import { CameraDevices } from '../adapters/camera-device.js';
import { CameraOpencv } from '../adapters/camera-opencv.js';
import { SystemCameraProbe } from '../adapters/camera-probe.js';
import { CameraRaspistill } from '../adapters/camera-raspistill.js';
import { CameraRpicam } from '../adapters/camera-rpicam.js';
import { resolveSource } from '../adapters/camera-source.js';
import { MonotonicClock } from '../adapters/clock-monotonic.js';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import type { Camera } from '../ports/camera.js';
import type { Imaging } from '../ports/imaging.js';

export interface RecordingCamera {
  readonly camera: Camera;
  readonly imaging: Imaging;
}

/**
 * The configured camera in this process, with a decoder; not opened yet.
 * Throws `opencv_missing`, and `camera_missing` where the configuration names none that can be opened from here.
 */
export async function recordingCamera(config: Config): Promise<RecordingCamera> {
  const { loadOpencv } = await import('../adapters/opencv.js');
  const cv = loadOpencv();
  const { ImagingOpencv } = await import('../adapters/imaging-opencv.js');
  const imaging = new ImagingOpencv(cv);
  const clock = new MonotonicClock();
  const probe = new SystemCameraProbe();
  const { source } = await resolveSource(config.camera, probe);
  const { width, height, fps } = config.camera;
  const device = () => new CameraDevices(probe).of(source);
  switch (source.kind) {
    case 'device':
    case 'url':
    case 'file':
    case 'gstreamer':
      return { camera: new CameraOpencv({ cv, clock, source, width, height, fps, device }), imaging };
    case 'rpicam':
      return { camera: new CameraRpicam({ clock, width, height, fps, device }), imaging };
    case 'raspistill':
      return { camera: new CameraRaspistill({ clock, width, height }), imaging };
    case 'demo':
      return { camera: new CameraDemo({ clock, imaging, fps }), imaging };
    case 'browser':
    case 'none':
      throw new VestibuleError(
        'camera_missing',
        'The configuration names no camera that can be opened here. Name one with --camera.',
      );
  }
}
