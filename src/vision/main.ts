import { CameraBrowser } from '../adapters/camera-browser.js';
import { CameraDemo } from '../adapters/camera-demo.js';
import { CameraDevices } from '../adapters/camera-device.js';
import { CameraOpencv } from '../adapters/camera-opencv.js';
import { SystemCameraProbe } from '../adapters/camera-probe.js';
import { CameraRaspistill } from '../adapters/camera-raspistill.js';
import { CameraRpicam } from '../adapters/camera-rpicam.js';
import { MonotonicClock } from '../adapters/clock-monotonic.js';
import { ImagingOpencv } from '../adapters/imaging-opencv.js';
import { loadOpencv, type Opencv } from '../adapters/opencv.js';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Camera } from '../ports/camera.js';
import type { Imaging } from '../ports/imaging.js';
import { CodeScan } from './codes/code-scan.js';
import { InferenceWorker } from './inference/worker-client.js';
import { VisionLoop } from './loop.js';
import { type FromChild, PROTOCOL_VERSION, type ToChild, type VisionSettings } from './protocol.js';

/** Composition root of the vision process: forked by the daemon, told everything by its first message. */

const HEARTBEAT_MS = 1000;

const clock = new MonotonicClock();
let running:
  | {
      readonly loop: VisionLoop;
      readonly worker: InferenceWorker;
      readonly codes: CodeScan;
      readonly camera: Camera | undefined;
    }
  | undefined;
let imaging: Imaging | undefined;
let started = false;

function send(message: FromChild, sent?: () => void): void {
  if (!process.connected || process.send === undefined) return;
  process.send(message, undefined, undefined, () => sent?.());
}

function fail(thrown: unknown): void {
  const known = thrown instanceof VestibuleError;
  const code = known ? thrown.code : 'vision_unavailable';
  send({ t: 'failed', code, message: toError(thrown).message }, () => process.exit(1));
}

function cameraOf(settings: VisionSettings, cv: Opencv, pictures: Imaging): Camera | undefined {
  const { source, width, height, fps } = settings;
  const devices = new CameraDevices(new SystemCameraProbe());
  const device = () => devices.of(source);
  switch (source.kind) {
    case 'device':
    case 'url':
    case 'file':
    case 'gstreamer':
      return new CameraOpencv({ cv, clock, source, width, height, fps, device });
    case 'rpicam':
      return new CameraRpicam({ clock, width, height, fps, device });
    case 'raspistill':
      return new CameraRaspistill({ clock, width, height });
    case 'browser':
      return new CameraBrowser({ clock });
    case 'demo':
      return new CameraDemo({ clock, imaging: pictures, fps });
    case 'none':
      return undefined;
  }
}

async function start(version: number, settings: VisionSettings): Promise<void> {
  if (version !== PROTOCOL_VERSION) {
    const sentence = `The daemon speaks protocol ${version}, the vision process ${PROTOCOL_VERSION}: build again with \`npm run build\`.`;
    throw new VestibuleError('vision_unavailable', sentence);
  }
  const cv = loadOpencv();
  const pictures = new ImagingOpencv(cv);
  imaging = pictures;
  const { modelsDirectory, pack: packId, detectSize, prepare } = settings;
  const worker = new InferenceWorker({
    clock,
    file: new URL('./inference/worker.js', import.meta.url),
    settings: { modelsDirectory, pack: packId, detectSize, ...(prepare && { prepare }) },
    onGone: (reason) => {
      if (running !== undefined) fail(new VestibuleError('engine_failed', reason));
    },
    onNetworks: (networks) => send({ t: 'networks', networks }),
    onTrouble: (message) => send({ t: 'log', level: 'warn', message }),
  });
  const { pack, engine, networks } = await worker.ready();
  const camera = cameraOf(settings, cv, pictures);
  const codes = new CodeScan({
    clock,
    file: new URL('./codes/worker.js', import.meta.url),
    onCode: (text) => send({ t: 'code', text }),
    onTrouble: (message) => send({ t: 'log', level: 'warn', message }),
  });
  const loop = new VisionLoop({
    clock,
    imaging: pictures,
    camera,
    settings,
    analyse: (picture, order) => worker.analyse('live', picture, order),
    send,
    onPicture: (picture) => codes.offer(picture),
  });
  running = { loop, worker, codes, camera };
  send({ t: 'ready', version: PROTOCOL_VERSION, pack, engine, networks });
  loop.start();
}

async function still(id: number, bytes: Uint8Array): Promise<void> {
  try {
    if (running === undefined || imaging === undefined) {
      throw new VestibuleError('vision_unavailable', 'The vision process is not ready.');
    }
    const { worker } = running;
    const picture = await imaging.decode(bytes);
    const [{ faces, scene }, { pack }] = await Promise.all([worker.analyse('still', picture), worker.ready()]);
    send({ t: 'still', id, analysis: { width: picture.width, height: picture.height, faces, scene, pack } });
  } catch (thrown) {
    const code = thrown instanceof VestibuleError ? thrown.code : 'image_refused';
    send({ t: 'stillFailed', id, code, message: toError(thrown).message });
  }
}

/** Ends when all work is done; by force when it does not end in time. */
async function stop(): Promise<void> {
  clock.after(3000, () => process.kill(process.pid, 'SIGKILL'));
  const parts = running;
  running = undefined;
  parts?.codes.set(false);
  await parts?.loop.stop();
  await parts?.worker.stop();
  process.exit(0);
}

process.on('message', (message: ToChild) => {
  switch (message.t) {
    case 'start':
      if (started) return;
      started = true;
      start(message.version, message.settings).catch(fail);
      return;
    case 'credit':
      running?.loop.credit(message.n);
      return;
    case 'overlay':
      running?.loop.overlay(message.boxes);
      return;
    case 'scan':
      running?.codes.set(message.on);
      return;
    case 'measure':
      running?.loop.measure(message.session, message.wish);
      return;
    case 'still':
      void still(message.id, message.bytes);
      return;
    case 'browserFrame':
      if (running?.camera instanceof CameraBrowser) running.camera.push(message.jpeg);
      return;
    case 'stop':
      void stop();
      return;
  }
});

// The daemon decides when this process ends: Ctrl-C and systemd signal the whole group.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => void stop());
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

/** Ends this process: a thread that hangs in the engine would keep `process.exit` waiting, so by force. */
function endHung(limitMs: number): void {
  const message = `The inference engine did not finish a picture within ${limitMs / 1000} s: the vision process is started again.`;
  const end = (): void => void process.kill(process.pid, 'SIGKILL');
  send({ t: 'failed', code: 'engine_failed', message, soon: true }, end);
  clock.after(500, end);
}

setInterval(() => {
  const limitMs = running?.worker.overdue();
  if (limitMs !== undefined) return endHung(limitMs);
  send({ t: 'heartbeat', fps: running?.loop.fps() ?? 0, rssBytes: process.memoryUsage.rss() });
}, HEARTBEAT_MS);
