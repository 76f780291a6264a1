import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineOnnx } from '../../../src/adapters/engine-onnx.js';
import type { Picture } from '../../../src/domain/frame.js';
import { dot } from '../../../src/domain/vector.js';
import type { FacePipeline } from '../../../src/ports/face-pack.js';
import { loadFacePipeline } from '../../../src/vision/inference/load-pipeline.js';
import { hasOpenPack, type ModelsDirectory, modelsDirectory } from '../../packs/models-directory.js';
import { cropOf, onBlack, samplePictures } from './sample-pictures.js';

const PACKS = hasOpenPack ? ['core', 'open'] : ['core'];
let models: ModelsDirectory;
let pictures: Picture[];
beforeAll(async () => {
  models = await modelsDirectory(PACKS);
  pictures = await samplePictures();
});
afterAll(() => models.remove());

/** The largest face of a photograph with some room around it, so that it fills the frame. */
async function closeUp(pipeline: FacePipeline, picture: Picture): Promise<Picture> {
  const { box } = (await pipeline.detect(picture)).faces[0]!;
  const margin = Math.round(box.height * 0.3);
  const x = Math.max(0, Math.round(box.x) - margin);
  const y = Math.max(0, Math.round(box.y) - margin);
  const width = Math.min(picture.width - x, Math.round(box.width) + 2 * margin);
  const height = Math.min(picture.height - y, Math.round(box.height) + 2 * margin);
  return cropOf(picture, x, y, width, height);
}

for (const pack of PACKS) {
  describe(`face pipeline of the pack ${pack}`, () => {
    let pipeline: FacePipeline;
    beforeAll(async () => {
      pipeline = await loadFacePipeline(await EngineOnnx.load(), models.path, pack, { detectSize: 320 });
    });
    afterAll(() => pipeline.dispose());

    it('finds faces with plausible points, largest first, and gives unit vectors of its dimension', async () => {
      for (const picture of pictures) {
        const { faces } = await pipeline.detect(picture);
        expect(faces.length).toBeGreaterThan(0);
        const areas = faces.map(({ box }) => box.width * box.height);
        expect(areas).toEqual([...areas].sort((a, b) => b - a));
        const [left, right, nose, mouthLeft, mouthRight] = faces[0]!.points;
        expect(right.x).toBeGreaterThan(left.x);
        expect(nose.y).toBeGreaterThan(Math.min(left.y, right.y));
        expect(Math.max(mouthLeft.y, mouthRight.y)).toBeGreaterThan(nose.y);
        const vector = (await pipeline.embed(picture, faces[0]!))!;
        expect(vector).toHaveLength(pipeline.identity.dim);
        expect(dot(vector, vector)).toBeCloseTo(1, 5);
      }
    });

    it('finds the same face when it fills the frame and when it is small in a large one', async () => {
      const near = await closeUp(pipeline, pictures[2]!);
      const nearFace = (await pipeline.detect(near)).faces[0]!;
      expect(nearFace.quality.faceHeightRatio).toBeGreaterThan(0.45);
      const far = onBlack(near, near.width * 3, near.height * 3);
      const farFace = (await pipeline.detect(far)).faces[0]!;
      expect(farFace.box.x - near.width).toBeGreaterThan(nearFace.box.x - 0.25 * nearFace.box.width);
      expect(farFace.box.x - near.width).toBeLessThan(nearFace.box.x + 0.25 * nearFace.box.width);
      const same = dot((await pipeline.embed(near, nearFace))!, (await pipeline.embed(far, farFace))!);
      expect(same).toBeGreaterThan(pack === 'core' ? 0.95 : 0.8);
    });

    it('tells different people apart, also when called for all of them at once', async () => {
      const vectors = await Promise.all(
        [pictures[2]!, pictures[4]!, pictures[5]!].map(async (picture) => {
          const near = await closeUp(pipeline, picture);
          return (await pipeline.embed(near, (await pipeline.detect(near)).faces[0]!))!;
        }),
      );
      for (let i = 0; i < vectors.length; i++)
        for (let j = i + 1; j < vectors.length; j++)
          expect(dot(vectors[i]!, vectors[j]!)).toBeLessThan(pack === 'core' ? 0.945 : 0.446);
    });

    it('finds nothing in an empty picture and in a tiny one', async () => {
      const empty = { width: 640, height: 480, bgr: new Uint8Array(640 * 480 * 3).fill(90) };
      expect((await pipeline.detect(empty)).faces).toEqual([]);
      expect((await pipeline.detect({ width: 1, height: 1, bgr: new Uint8Array(3) })).faces).toEqual([]);
    });

    it('embeds an observation that came from another process', async () => {
      const near = await closeUp(pipeline, pictures[2]!);
      const face = (await pipeline.detect(near)).faces[0]!;
      const direct = (await pipeline.embed(near, face))!;
      const copied = (await pipeline.embed(near, structuredClone(face)))!;
      expect(dot(direct, copied)).toBeCloseTo(1, 5);
    });

    it('gives the same faces when the hint of the last detection is followed', async () => {
      const near = await closeUp(pipeline, pictures[2]!);
      const first = await pipeline.detect(near);
      let hint = first.hint;
      for (let i = 0; i < 12; i++) {
        const next = await pipeline.detect(near, hint === undefined ? {} : { last: hint });
        expect(next.faces[0]!.box.height / first.faces[0]!.box.height).toBeCloseTo(1, 1);
        hint = next.hint;
      }
    });

    it('measures a blurred and a dark face as such', async () => {
      const near = await closeUp(pipeline, pictures[2]!);
      const sharp = (await pipeline.detect(near)).faces[0]!.quality;
      const dark = { ...near, bgr: near.bgr.map((value) => value / 3) };
      const darkFace = (await pipeline.detect(dark)).faces[0]!.quality;
      expect(darkFace.brightness).toBeLessThan(sharp.brightness / 2);
      const blurred = (await pipeline.detect(blur(near, 7))).faces[0]!.quality;
      expect(blurred.sharpness).toBeLessThan(sharp.sharpness / 3);
      expect(Math.abs(sharp.rollDegrees)).toBeLessThan(45);
      expect(sharp.eyeDistancePx).toBeGreaterThan(20);
    });
  });
}

describe('loadFacePipeline', () => {
  it('refuses a pack that is not installed', async () => {
    const engine = await EngineOnnx.load();
    await expect(loadFacePipeline(engine, models.path, 'other', { detectSize: 320 })).rejects.toMatchObject({
      code: 'pack_missing',
    });
  });

  it('refuses a model file that is not the installed one, naming it', async () => {
    const other = await modelsDirectory(['core']);
    await writeFile(join(other.path, 'core', 'dlib-resnet-v1.onnx'), 'another model');
    const loading = loadFacePipeline(await EngineOnnx.load(), other.path, 'core', { detectSize: 320 });
    await expect(loading).rejects.toMatchObject({ code: 'pack_file_invalid' });
    await expect(loading).rejects.toThrow('dlib-resnet-v1.onnx');
    await other.remove();
  });
});

/** Box blur with a square of 2·radius + 1. */
function blur(picture: Picture, radius: number): Picture {
  const { width, height } = picture;
  const bgr = new Uint8Array(picture.bgr.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        let count = 0;
        for (let dy = -radius; dy <= radius; dy += 2)
          for (let dx = -radius; dx <= radius; dx += 2) {
            const yy = Math.min(Math.max(y + dy, 0), height - 1);
            const xx = Math.min(Math.max(x + dx, 0), width - 1);
            sum += picture.bgr[(yy * width + xx) * 3 + c]!;
            count++;
          }
        bgr[(y * width + x) * 3 + c] = sum / count;
      }
  return { width, height, bgr };
}
