/**
 * Runs one library of the field over one picture, in a process of its own, and prints its cost as one JSON line.
 * Started by the bench: `node baseline.js <human|human-liveness|face-api> <rgb file> <width> <height> <runs>`.
 * The libraries are development dependencies; both run on tfjs-wasm, whole path detect + align + embed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../../domain/statistics.js';
import { cpuMsSince } from './measure.js';

const require = createRequire(import.meta.url);

/** One embedding of the only face in the picture, or undefined when the library found none. */
type EmbedOnce = () => Promise<ArrayLike<number> | undefined>;

/** Both libraries read their weights by `fetch` of file: addresses, which Node refuses. */
function allowFileFetch(): void {
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const address = String(input instanceof Request ? input.url : input);
    if (!address.startsWith('file:')) return original(input, init);
    const path = fileURLToPath(address);
    const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(new Uint8Array(readFileSync(path)), { status: 200, headers: { 'content-type': type } });
  };
}

const wasmFolder = `${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')))}/`;

/** @param liveness with its networks against pictures of people, which are off otherwise */
async function human(rgb: Uint8Array, width: number, height: number, liveness: boolean): Promise<EmbedOnce> {
  const main = require.resolve('@vladmandic/human');
  const { Human } = require(join(dirname(main), 'human.node-wasm.js'));
  const off = { enabled: false };
  const instance = new Human({
    backend: 'wasm',
    wasmPath: wasmFolder,
    modelBasePath: `file://${join(dirname(main), '..', 'models')}/`,
    cacheSensitivity: 0,
    warmup: 'none',
    filter: off,
    gesture: off,
    body: off,
    hand: off,
    object: off,
    segmentation: off,
    face: {
      enabled: true,
      detector: { rotation: false, maxDetected: 1, skipFrames: 0, skipTime: 0 },
      mesh: { enabled: true },
      iris: off,
      emotion: off,
      antispoof: liveness ? { enabled: true, skipFrames: 0, skipTime: 0 } : off,
      liveness: liveness ? { enabled: true, skipFrames: 0, skipTime: 0 } : off,
      description: { enabled: true, skipFrames: 0, skipTime: 0 },
    },
  });
  await instance.load();
  return async () => {
    const tensor = instance.tf.tensor(rgb, [1, height, width, 3], 'int32');
    const result = await instance.detect(tensor);
    instance.tf.dispose(tensor);
    const face = result.face[0];
    if (liveness && (face?.real === undefined || face.live === undefined)) return undefined;
    return face?.embedding;
  };
}

async function faceApi(rgb: Uint8Array, width: number, height: number): Promise<EmbedOnce> {
  const tf = require('@tensorflow/tfjs');
  require('@tensorflow/tfjs-backend-wasm').setWasmPaths(wasmFolder);
  await tf.setBackend('wasm');
  await tf.ready();
  const api = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const folder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  await api.nets.tinyFaceDetector.loadFromDisk(folder);
  await api.nets.faceLandmark68Net.loadFromDisk(folder);
  await api.nets.faceRecognitionNet.loadFromDisk(folder);
  const options = new api.TinyFaceDetectorOptions({ inputSize: 320, scoreThreshold: 0.2 });
  return async () => {
    const tensor = tf.tensor3d(rgb, [height, width, 3], 'int32');
    const result = await api.detectSingleFace(tensor, options).withFaceLandmarks().withFaceDescriptor();
    tf.dispose(tensor);
    return result?.descriptor;
  };
}

const [library, file, width, height, runs] = process.argv.slice(2);
allowFileFetch();
const rgb = new Uint8Array(readFileSync(file ?? ''));
const size = [Number(width), Number(height)] as const;
const embed =
  library === 'face-api' ? await faceApi(rgb, ...size) : await human(rgb, ...size, library === 'human-liveness');
for (let i = 0; i < 3; i++)
  if ((await embed()) === undefined) throw new Error(`${library} found no face in the picture`);
const cpu: number[] = [];
const wall: number[] = [];
for (let i = 0; i < Number(runs); i++) {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  await embed();
  cpu.push(cpuMsSince(cpuBefore));
  wall.push(performance.now() - wallBefore);
}
process.stdout.write(
  `${JSON.stringify({ library, runs: cpu.length, cpuMs: median(cpu), wallMs: median(wall), rssBytes: process.memoryUsage.rss() })}\n`,
);
process.exit(0);
