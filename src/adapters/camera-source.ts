import type { CameraSource } from '../ports/camera.js';
import { redactSource } from './redact-source.js';

/** What the machine says about its cameras. Nothing here opens one. */
export interface CameraProbe {
  /** Names in a directory, sorted; empty where it does not exist. */
  list(directory: string): Promise<readonly string[]>;
  /** Trimmed text of a small file; undefined where it cannot be read. */
  text(file: string): Promise<string | undefined>;
  /** Standard output and error of a program; undefined where it is not installed, fails or takes over 5 s. */
  run(command: string, args: readonly string[]): Promise<string | undefined>;
}

export interface CameraWish {
  readonly source: string | number;
  readonly filePace: 'own' | 'fast';
  readonly fileLoop: boolean;
}

export interface CameraChoice {
  readonly source: CameraSource;
  /** Why this one, as a sentence without credentials; shown by `doctor`. */
  readonly reason: string;
}

/**
 * Turns `camera.source` into a source. `auto` takes the first USB camera, else a Raspberry Pi camera, else the demo.
 */
export async function resolveSource(wish: CameraWish, probe: CameraProbe): Promise<CameraChoice> {
  const { source } = wish;
  if (typeof source === 'number') {
    return { source: { kind: 'device', device: source }, reason: `The configuration names camera ${source}.` };
  }
  const named = (chosen: CameraSource): CameraChoice => ({
    source: chosen,
    reason: `The configuration names ${redactSource(source)}.`,
  });
  switch (source) {
    case 'auto':
      return findCamera(probe);
    case 'demo':
    case 'browser':
    case 'rpicam':
    case 'raspistill':
    case 'none':
      return named({ kind: source });
  }
  if (/^\d+$/.test(source)) return named({ kind: 'device', device: Number(source) });
  if (source.startsWith('gst:')) return named({ kind: 'gstreamer', pipeline: source.slice(4) });
  if (source.startsWith('/dev/')) return named({ kind: 'device', device: source });
  if (/^(rtsps?|https?|rtmp|udp|tcp):\/\//.test(source)) return named({ kind: 'url', url: source });
  const path = source.startsWith('file:') ? source.slice(5).replace(/^\/\/(?=\/)/, '') : source;
  return named({ kind: 'file', path, pace: wish.filePace, loop: wish.fileLoop });
}

async function findCamera(probe: CameraProbe): Promise<CameraChoice> {
  const device = await firstCaptureDevice(probe);
  if (device !== undefined) {
    return {
      source: { kind: 'device', device: device.path },
      reason: `Found the camera ${device.name} (${device.path}).`,
    };
  }
  for (const command of ['rpicam-hello', 'rpicam-vid']) {
    const listed = (await probe.run(command, ['--list-cameras'])) ?? '';
    const first = /^\s*0\s*:\s*(\S+)/m.exec(listed);
    if (first !== null) {
      return { source: { kind: 'rpicam' }, reason: `Found the Raspberry Pi camera ${first[1]}.` };
    }
  }
  return {
    source: { kind: 'demo' },
    reason: 'No camera was found (no capture device under /dev, no Raspberry Pi camera), so the demo camera runs.',
  };
}

/** Names of V4L2 devices of a Raspberry Pi that are no cameras: codecs, image processors, the raw CSI receiver. */
const NO_CAMERA = /bcm2835|codec|\bisp\b|pispbe|rpivid|hevc|unicam|rp1-cfe/i;

async function firstCaptureDevice(
  probe: CameraProbe,
): Promise<{ readonly path: string; readonly name: string } | undefined> {
  // By-path names stay the same over restarts and name the socket, not the order of discovery.
  const byPath = await probe.list('/dev/v4l/by-path');
  const pinned = byPath.find((name) => /usb/.test(name) && /-video-index0$/.test(name));
  if (pinned !== undefined) return { path: `/dev/v4l/by-path/${pinned}`, name: 'at USB' };
  const devices = (await probe.list('/dev'))
    .map((name) => /^video(\d+)$/.exec(name))
    .filter((match) => match !== null)
    .sort((a, b) => Number(a[1]) - Number(b[1]));
  for (const [node] of devices) {
    const name = await probe.text(`/sys/class/video4linux/${node}/name`);
    const index = await probe.text(`/sys/class/video4linux/${node}/index`);
    // Index 1 and above are metadata nodes of the same camera.
    if (name === undefined || NO_CAMERA.test(name) || (index ?? '0') !== '0') continue;
    return { path: `/dev/${node}`, name };
  }
  return undefined;
}
