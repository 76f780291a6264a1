import { Command } from 'commander';
import { CameraDevices } from '../adapters/camera-device.js';
import { foundCamera } from '../adapters/camera-found.js';
import { SystemCameraProbe } from '../adapters/camera-probe.js';
import { resolveSource } from '../adapters/camera-source.js';
import { SystemClock } from '../adapters/clock-system.js';
import { CryptoRandom } from '../adapters/random-crypto.js';
import { StateDirectoryReader, StateStore } from '../adapters/store-lowdb.js';
import { CAMERA_PIN_SPEC, type CameraPinData, type CameraPinView, pinnable } from '../auth/camera-pin.js';
import { judgeCamera } from '../auth/camera-standing.js';
import type { Config } from '../config/schema.js';
import { VestibuleError } from '../domain/errors.js';
import type { CameraDevice, CameraIdentity } from '../ports/camera.js';
import { runningDaemon } from './control-file.js';
import { DaemonClient } from './daemon-client.js';
import { CAMERA_WORDS, standingWords } from './liveness-words.js';
import { type CommonOptions, configFor } from './options.js';
import { type Output, printable } from './report-fault.js';

interface CameraOptions extends CommonOptions {
  readonly pin?: boolean;
  readonly json?: boolean;
}

/** `vestibule liveness camera [--pin]`. Goes through a running kiosk. */
export function livenessCameraCommand(
  output: Output = process.stdout,
  devices: CameraDevices = new CameraDevices(new SystemCameraProbe()),
): Command {
  return new Command('camera')
    .description('show which camera counts for liveness, and which one is there')
    .option('--pin', 'from now on the camera that is there counts')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
With liveness or pose in the policy the first USB camera or sensor that runs is recorded: socket, model and driver. Another
one is refused until it is pinned here. Recordings, browsers, network cameras and devices made by software cannot be pinned.

Example:
  $ vestibule liveness camera --pin      after the camera was exchanged`,
    )
    .action(async (options: CameraOptions) => {
      const { config } = configFor(options);
      const daemon = runningDaemon(config.stateDirectory);
      const view =
        daemon === undefined
          ? await withoutKiosk(config, options.pin === true, devices)
          : await throughKiosk(new DaemonClient(daemon, config.stateDirectory), options.pin === true);
      output.write(options.json === true ? `${JSON.stringify(view, null, 2)}\n` : text(view, options.pin === true));
    });
}

async function throughKiosk(client: DaemonClient, pin: boolean): Promise<CameraPinView> {
  return pin ? client.pinCamera() : client.camera();
}

async function withoutKiosk(config: Config, pin: boolean, devices: CameraDevices): Promise<CameraPinView> {
  const { source } = await resolveSource(config.camera, new SystemCameraProbe());
  const camera = await foundCamera(source, devices);
  if (!pin) return viewOf(config, camera, await storedPin(config));
  if (camera === undefined) throw new VestibuleError('camera_missing', 'No camera is there, so none can be pinned.');
  return viewOf(config, camera, await storePin(config, pinnable(camera)));
}

/** What is recorded; nothing is changed. Throws `state_corrupt`. */
export async function storedPin(config: Config): Promise<CameraPinData> {
  const { data, from, reason } = await new StateDirectoryReader(config.stateDirectory).read(CAMERA_PIN_SPEC);
  if (from === 'nothing' && reason !== undefined) throw new VestibuleError('state_corrupt', reason);
  return data;
}

async function storePin(config: Config, device: CameraDevice): Promise<CameraPinData> {
  const clock = new SystemClock();
  const store = new StateStore({ directory: config.stateDirectory, clock, random: new CryptoRandom() });
  await store.open();
  try {
    const collection = await store.collection(CAMERA_PIN_SPEC);
    return await collection.update(() => ({ pinned: device, at: new Date(clock.now()).toISOString() }));
  } finally {
    await store.close();
  }
}

function viewOf(config: Config, camera: CameraIdentity | undefined, { pinned, at }: CameraPinData): CameraPinView {
  return {
    standing: judgeCamera(camera, pinned ?? undefined, config.liveness.camera),
    ...(pinned !== null && { pinned }),
    ...(at !== null && { pinnedAt: at }),
    ...(camera !== undefined && { camera }),
  };
}

function text({ standing, pinned, pinnedAt, camera }: CameraPinView, justPinned: boolean): string {
  const device = (one: CameraDevice): string => `${one.model} at ${one.busPath}, driver ${one.driver}`;
  const lines = [
    `recorded   ${pinned === undefined ? 'none' : `${device(pinned)}, since ${pinnedAt ?? 'unknown'}`}`,
    camera === undefined
      ? 'there      none'
      : `there      ${camera.device === undefined ? camera.source : device(camera.device)} (${CAMERA_WORDS[standing.kind]})`,
    `${justPinned ? '✓' : standing.refused === undefined && !standing.demo ? '✓' : '!'} ${capital(standingWords(standing, pinned !== undefined))}`,
  ];
  if (standing.refused === 'camera_changed')
    lines.push('  → Was it exchanged on purpose? Then: vestibule liveness camera --pin');
  return `${printable(lines.join('\n'))}\n`;
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
