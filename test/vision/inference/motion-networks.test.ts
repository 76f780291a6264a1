import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import { EngineTfjs } from '../../../src/adapters/engine-tfjs.js';
import type { Picture } from '../../../src/domain/frame.js';
import { planarityResidual } from '../../../src/domain/liveness/planarity.js';
import type { Box, FaceMesh, FaceObservation } from '../../../src/domain/observation.js';
import type { Model } from '../../../src/ports/engine.js';
import { FaceMeshNet } from '../../../src/vision/inference/face-mesh.js';
import { loadFacePipeline } from '../../../src/vision/inference/load-pipeline.js';
import { meshCropOfBox, meshCropOfMesh } from '../../../src/vision/inference/mesh-crop.js';
import { MoveNet } from '../../../src/vision/inference/movenet.js';
import { warpToPlanes } from '../../../src/vision/inference/warp.js';
import { type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';
import { cropOf, samplePictures } from './sample-pictures.js';

let models: ModelsDirectory;
let engine: EngineTfjs;
let net: FaceMeshNet;
let moveNet: MoveNet;
/** Photographs with the largest face of each. */
let seen: { readonly picture: Picture; readonly face: FaceObservation; readonly mesh: FaceMesh }[];

beforeAll(async () => {
  models = await modelsDirectory(['core', 'motion']);
  engine = await EngineTfjs.load();
  net = new FaceMeshNet(await engine.load(join(models.path, 'motion', 'facemesh.json')));
  moveNet = new MoveNet(await engine.load(join(models.path, 'motion', 'movenet-lightning.json')));
  const pipeline = await loadFacePipeline(await EngineOnnx.load(), models.path, 'core', { detectSize: 320 });
  seen = [];
  for (const picture of await samplePictures()) {
    const face = (await pipeline.detect(picture)).faces[0];
    if (face === undefined) continue;
    const mesh = await net.measure(picture, meshCropOfBox(face.box, 'tiny', face.points)!);
    if (mesh !== undefined) seen.push({ picture, face, mesh });
  }
  await pipeline.dispose();
});
afterAll(async () => {
  await net.dispose();
  await moveNet.dispose();
  await models.remove();
});

const pointOf = ({ points }: FaceMesh, i: number) => ({ x: points[3 * i]!, y: points[3 * i + 1]! });
const between = (a: { x: number; y: number }, b: { x: number; y: number }): number => Math.hypot(a.x - b.x, a.y - b.y);
const eyesApart = (mesh: FaceMesh): number => between(pointOf(mesh, 33), pointOf(mesh, 263));

/** Mean distance of the points of two meshes, in eye distances of the first. */
function apart(a: FaceMesh, b: FaceMesh): number {
  let sum = 0;
  for (let i = 0; i < 468; i++) sum += between(pointOf(a, i), pointOf(b, i));
  return sum / 468 / eyesApart(a);
}

/** The picture turned clockwise about a point, and the mesh with it. */
function turned(picture: Picture, mesh: FaceMesh, degrees: number): { picture: Picture; mesh: FaceMesh } {
  const angle = (degrees * Math.PI) / 180;
  const [a, b] = [Math.cos(angle), Math.sin(angle)];
  const { x: cx, y: cy } = pointOf(mesh, 1);
  const map = { a, b, tx: cx - a * cx + b * cy, ty: cy - b * cx - a * cy };
  const { width, height } = picture;
  const plane = width * height;
  const planes = new Float32Array(3 * plane);
  warpToPlanes(picture, map, width, height, planes);
  const bgr = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) for (let c = 0; c < 3; c++) bgr[3 * i + c] = planes[c * plane + i]! + 0.5;
  const points = mesh.points.slice();
  for (let i = 0; i < points.length; i += 3) {
    points[i] = a * mesh.points[i]! - b * mesh.points[i + 1]! + map.tx;
    points[i + 1] = b * mesh.points[i]! + a * mesh.points[i + 1]! + map.ty;
  }
  return { picture: { width, height, bgr }, mesh: { ...mesh, points } };
}

/** The face of one photograph with room for turning it, and its box. */
function closeUp(): { readonly picture: Picture; readonly box: Box } {
  const { picture, face } = seen[3]!;
  const x = Math.max(0, Math.floor(face.box.x - 0.6 * face.box.width));
  const y = Math.max(0, Math.floor(face.box.y - 0.6 * face.box.height));
  const width = Math.min(picture.width - x, Math.ceil(2.2 * face.box.width));
  const height = Math.min(picture.height - y, Math.ceil(2.2 * face.box.height));
  return { picture: cropOf(picture, x, y, width, height), box: { ...face.box, x: face.box.x - x, y: face.box.y - y } };
}

describe('face mesh', () => {
  it('lies on the faces of photographs, where another network sees eyes, nose and mouth', () => {
    expect(seen).toHaveLength(5);
    for (const { face, mesh } of seen) {
      expect(mesh.score).toBeGreaterThanOrEqual(0.6);
      const eye = (a: number, b: number) => ({
        x: (pointOf(mesh, a).x + pointOf(mesh, b).x) / 2,
        y: (pointOf(mesh, a).y + pointOf(mesh, b).y) / 2,
      });
      const five = [eye(33, 133), eye(263, 362), pointOf(mesh, 1), pointOf(mesh, 61), pointOf(mesh, 291)];
      const off = five.map((point, i) => between(point, face.points[i]!) / face.quality.eyeDistancePx);
      expect(Math.max(...off)).toBeLessThan(0.3);
      expect(Math.max(off[0]!, off[1]!)).toBeLessThan(0.2);
    }
  });

  it('settles when it is followed by its own crop', async () => {
    for (const { picture, mesh } of seen) {
      const second = (await net.measure(picture, meshCropOfMesh(mesh)!))!;
      const third = (await net.measure(picture, meshCropOfMesh(second)!))!;
      expect(apart(mesh, second)).toBeLessThan(0.12);
      expect(apart(second, third)).toBeLessThan(0.03);
    }
  });

  it('keeps its shape on a head that is tilted step by step in both directions', async () => {
    const { picture, box } = closeUp();
    const mesh = (await net.measure(picture, meshCropOfBox(box, 'tiny')!))!;
    const upright = (await net.measure(picture, meshCropOfMesh(mesh)!))!;
    for (const sign of [-1, 1]) {
      let last = upright;
      for (const degrees of [8, 16, 24, 32, 40, 48, 56]) {
        const { picture: tilted, mesh: truth } = turned(picture, upright, sign * degrees);
        last = (await net.measure(tilted, meshCropOfMesh(last)!))!;
        expect(apart(truth, last)).toBeLessThan(0.05);
        // Else a photograph that is only turned in its plane would look like a head that turned.
        expect(planarityResidual(upright, last)).toBeLessThan(0.05);
      }
    }
  });

  it('sets a tilted head upright that it sees for the first time', async () => {
    const { picture, box } = closeUp();
    const mesh = (await net.measure(picture, meshCropOfBox(box, 'tiny')!))!;
    const upright = (await net.measure(picture, meshCropOfMesh(mesh)!))!;
    for (const degrees of [-25, 25]) {
      const { picture: tilted, mesh: truth } = turned(picture, upright, degrees);
      const { width, height } = box;
      const nose = pointOf(upright, 1);
      const [dx, dy] = [box.x + width / 2 - nose.x, box.y + height / 2 - nose.y];
      const [a, b] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const [x, y] = [nose.x + a * dx - b * dy - width / 2, nose.y + b * dx + a * dy - height / 2];
      const crop = meshCropOfBox({ x, y, width, height }, 'tiny')!;
      expect(crop.angle).toBe(0);
      expect(apart(truth, (await net.measure(tilted, crop))!)).toBeLessThan(0.1);
    }
  });

  it('finds nothing where there is no face', async () => {
    const { picture } = seen[0]!;
    const black: Picture = { ...picture, bgr: new Uint8Array(picture.bgr.length) };
    expect(await net.measure(black, { x: 10, y: 10, side: 200 })).toBeUndefined();
    expect(await net.measure(picture, { x: -900, y: -900, side: 200 })).toBeUndefined();
  });

  it('has no mesh where the network gives no numbers, and says what output is missing', async () => {
    const giving = (points: number, score: number): Model => ({
      inputs: ['in'],
      outputs: ['a', 'b'],
      run: async () => ({
        a: { data: new Float32Array(points).fill(score > 1 ? Number.NaN : 5), dims: [1, points] },
        b: { data: Float32Array.of(Math.min(score, 1)), dims: [1, 1] },
      }),
      dispose: async () => undefined,
    });
    const crop = { x: 0, y: 0, side: 50 };
    const { picture } = seen[0]!;
    expect(await new FaceMeshNet(giving(1404, 0.59)).measure(picture, crop)).toBeUndefined();
    expect(await new FaceMeshNet(giving(1404, Number.NaN)).measure(picture, crop)).toBeUndefined();
    expect(await new FaceMeshNet(giving(1404, 2)).measure(picture, crop)).toBeUndefined();
    await expect(new FaceMeshNet(giving(7, 0.9)).measure(picture, crop)).rejects.toThrow('no output of 1404 numbers');
  });
});

describe('points of the body', () => {
  it('lie on the head that the face detector sees, in a wide picture and in a high one', async () => {
    const { picture, face } = seen[0]!;
    const left = 1200;
    for (const [shown, shift] of [
      [picture, 0],
      [cropOf(picture, left, 0, 720, picture.height), left],
    ] as const) {
      const { points } = (await moveNet.measure(shown))!;
      // The person's left eye lies on the image's right.
      for (const [point, own] of [
        [0, 2],
        [1, 1],
        [2, 0],
      ] as const) {
        const there = { x: face.points[own].x - shift, y: face.points[own].y };
        const at = { x: points[3 * point]!, y: points[3 * point + 1]! };
        expect(between(at, there)).toBeLessThan(0.03 * Math.max(shown.width, shown.height));
        expect(points[3 * point + 2]).toBeGreaterThan(0.3);
      }
    }
  });

  it('have low scores where nobody is', async () => {
    const { points } = (await moveNet.measure({ width: 64, height: 48, bgr: new Uint8Array(64 * 48 * 3) }))!;
    expect(points).toHaveLength(51);
    for (let i = 2; i < points.length; i += 3) expect(points[i]).toBeLessThan(0.2);
  });

  it('are absent where the network gives no numbers', async () => {
    const model: Model = {
      inputs: ['in'],
      outputs: ['out'],
      run: async () => ({ out: { data: new Float32Array(51).fill(Number.NaN), dims: [1, 1, 17, 3] } }),
      dispose: async () => undefined,
    };
    expect(await new MoveNet(model).measure(seen[0]!.picture)).toBeUndefined();
  });
});

it('neither network leaves a tensor behind', async () => {
  const { picture, mesh } = seen[0]!;
  const before = engine.tensorCount;
  for (let i = 0; i < 3; i++) {
    await net.measure(picture, meshCropOfMesh(mesh)!);
    await moveNet.measure(picture);
  }
  expect(engine.tensorCount).toBe(before);
});
