import { SystemCameraProbe } from './adapters/camera-probe.js';
import { resolveSource } from './adapters/camera-source.js';
import { faceAlone } from './auth/face-alone.js';
import type { Config } from './config/schema.js';
import { VestibuleError } from './domain/errors.js';
import { factorsInUse, type Policy } from './domain/policy.js';
import { policyOf } from './domain/policy-written.js';
import type { Log } from './log/logger.js';
import { modelsDirectory } from './packs/models-directory.js';
import { bestPack } from './packs/verify.js';
import type { Templates } from './people/templates.js';
import type { CameraSource } from './ports/camera.js';
import type { VisionSettings } from './vision/protocol.js';

/**
 * The pack to run: the pinned one once somebody is enrolled, else the configured one, else the best one installed.
 * Throws `pack_mismatch` when the configuration names another pack than the one the templates were made with.
 */
async function choosePack(config: Config, templates: Templates): Promise<string> {
  const pinned = templates.hasFaces() ? templates.pinnedPack()?.id : undefined;
  const wanted = config.vision.pack;
  if (pinned !== undefined) {
    if (wanted !== 'auto' && wanted !== pinned)
      throw new VestibuleError(
        'pack_mismatch',
        `vision.pack is "${wanted}", but everybody was enrolled with the pack "${pinned}".`,
        { context: { pinned, given: wanted } },
      );
    return pinned;
  }
  if (wanted !== 'auto') return wanted;
  // Without any pack the vision process says so itself; the daemon runs on.
  return (await bestPack(modelsDirectory(config.stateDirectory))) ?? 'core';
}

/** The camera to use, found without opening one. */
export async function chooseCamera(config: Config, log: Log): Promise<CameraSource> {
  const choice = await resolveSource(config.camera, new SystemCameraProbe());
  log.info(choice.reason, { camera: choice.source.kind });
  return choice.source;
}

/** Says at the start that a photograph is enough, where it is. */
export function warnOfFaceAlone(policy: Policy, source: CameraSource, log: Log): void {
  const warning = faceAlone(policy, source);
  if (warning !== undefined) log.warn(`${warning.text} ${warning.mend}`);
}

/** In the demo everybody comes by every 45 seconds; with a longer interval half of the visits would be "already recorded". */
const DEMO_DUPLICATE_SECONDS = 30;

/**
 * The configuration as the demo uses it: every visit makes an event, and whoever looks at the demo can register and sign
 * in without an account at a sender of codes.
 */
export function demoConfig(config: Config): Config {
  const { attendance, registration, otp } = config;
  const duplicateIntervalSeconds = Math.min(attendance.duplicateIntervalSeconds, DEMO_DUPLICATE_SECONDS);
  return {
    ...config,
    attendance: { ...attendance, duplicateIntervalSeconds },
    registration: { ...registration, open: true },
    otp: { ...otp, channels: [...new Set([...otp.channels, 'screen' as const])] },
  };
}

/** Settings of the vision process. */
export async function visionSettings(
  config: Config,
  source: CameraSource,
  templates: Templates,
): Promise<VisionSettings> {
  const { camera, vision } = config;
  return {
    source,
    width: camera.width,
    height: camera.height,
    fps: camera.fps,
    rotate: camera.rotate,
    mirror: camera.mirror,
    modelsDirectory: modelsDirectory(config.stateDirectory),
    pack: await choosePack(config, templates),
    detectSize: vision.detectSize,
    maxInferencesPerSecond: vision.maxInferencesPerSecond,
    motionGate: vision.motionGate,
    previewFps: vision.previewFps,
    previewQuality: vision.previewQuality,
    stallMs: camera.stallMs,
    ...preparing(config),
  };
}

/** The engine of the mesh takes most of a second to load: not while the first person waits. */
function preparing({ policy }: Config): Pick<VisionSettings, 'prepare'> {
  const factors = factorsInUse(policyOf(policy));
  const passive = factors.includes('liveness');
  const mesh = passive || factors.includes('pose');
  return mesh ? { prepare: { passive, mesh, body: false, colour: false } } : {};
}

/** A still camera takes about one picture a second; a second and a half is what a slow one needs. */
const STILL_INTERVAL_MS = 1500;

/** Time between two frames of the camera, ms. */
export function cameraIntervalMs({ source, fps }: Pick<VisionSettings, 'source' | 'fps'>): number {
  return source.kind === 'raspistill' ? STILL_INTERVAL_MS : 1000 / fps;
}

/** Time between two analysed frames, ms. */
export function frameIntervalMs(settings: VisionSettings): number {
  return Math.max(cameraIntervalMs(settings), 1000 / settings.maxInferencesPerSecond);
}
