import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import type { Picture } from '../../../src/domain/frame.js';
import { unit } from '../../../src/domain/vector.js';
import { DlibResnet } from '../../../src/vision/inference/dlib-resnet.js';
import { Landmarks68 } from '../../../src/vision/inference/landmarks-68.js';
import { iou } from '../../../src/vision/inference/nms.js';
import { TinyDetector } from '../../../src/vision/inference/tiny-detector.js';
import { type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';
import { faceApiFolder, samplePictures } from './sample-pictures.js';

const require = createRequire(import.meta.url);

interface LibraryFace {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly descriptor: Float32Array;
}

/** The library's own pipeline at one scale: detector 320, 68 landmarks, descriptor. */
async function libraryPipeline(): Promise<(picture: Picture) => Promise<LibraryFace[]>> {
  const tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist')}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  for (const net of ['tinyFaceDetector', 'faceLandmark68Net', 'faceRecognitionNet'])
    await faceapi.nets[net].loadFromDisk(join(faceApiFolder, 'model'));
  const options = new faceapi.TinyFaceDetectorOptions({ inputSize: 320, scoreThreshold: 0.3 });
  return async (picture) => {
    const rgb = new Int32Array(picture.bgr.length);
    for (let i = 0; i < rgb.length; i += 3) {
      rgb[i] = picture.bgr[i + 2]!;
      rgb[i + 1] = picture.bgr[i + 1]!;
      rgb[i + 2] = picture.bgr[i]!;
    }
    const tensor = tf.tensor3d(rgb, [picture.height, picture.width, 3], 'int32');
    try {
      const faces = await faceapi.detectAllFaces(tensor, options).withFaceLandmarks().withFaceDescriptors();
      // biome-ignore lint/suspicious/noExplicitAny: the library's result type is not exported from this build
      return faces.map((face: any) => ({
        box: face.detection.box,
        points: face.landmarks.positions,
        descriptor: face.descriptor,
      }));
    } finally {
      tensor.dispose();
    }
  };
}

let models: ModelsDirectory;
beforeAll(async () => {
  models = await modelsDirectory(['core']);
});
afterAll(() => models.remove());

it('the core pack agrees with the library that its weights come from, on real photographs', async () => {
  const engine = await EngineOnnx.load();
  const load = (name: string) => engine.load(join(models.path, 'core', name));
  const detector = new TinyDetector(await load('tiny-face-detector.onnx'));
  const landmarker = new Landmarks68(await load('face-landmarks-68.onnx'));
  const embedder = new DlibResnet(await load('dlib-resnet-v1.onnx'));
  const library = await libraryPipeline();

  let faces = 0;
  let boxes = 0;
  let points = 0;
  let descriptors = 0;
  for (const picture of await samplePictures()) {
    const ours = await detector.detectAt(picture, 1);
    for (const theirs of await library(picture)) {
      const match = [...ours].sort((a, b) => iou(b.box, theirs.box) - iou(a.box, theirs.box))[0];
      expect(match).toBeDefined();
      const { box } = match!;
      boxes = Math.max(
        boxes,
        Math.abs(box.x - theirs.box.x),
        Math.abs(box.y - theirs.box.y),
        Math.abs(box.width - theirs.box.width),
        Math.abs(box.height - theirs.box.height),
      );
      const landmarks = (await landmarker.find(picture, box))!;
      // The library adds the box's fractional origin, we add the crop's whole one: up to a pixel on each axis.
      const shift = { x: box.x - Math.floor(Math.max(box.x, 0)), y: box.y - Math.floor(Math.max(box.y, 0)) };
      theirs.points.forEach((point, i) => {
        const found = landmarks[i]!;
        points = Math.max(points, Math.abs(found.x + shift.x - point.x), Math.abs(found.y + shift.y - point.y));
      });
      const vector = (await embedder.embed(picture, theirs.points))!;
      const expected = unit(theirs.descriptor)!;
      vector.forEach((value, i) => {
        descriptors = Math.max(descriptors, Math.abs(value - expected[i]!));
      });
      faces++;
    }
  }
  console.info(`${faces} faces: boxes ${boxes} px, landmarks ${points} px, descriptors ${descriptors}`);
  expect(faces).toBeGreaterThanOrEqual(6);
  expect(boxes).toBeLessThan(0.05);
  expect(points).toBeLessThan(0.05);
  expect(descriptors).toBeLessThanOrEqual(1e-3);
});
