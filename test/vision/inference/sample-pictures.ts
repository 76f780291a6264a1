import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ImagingOpencv } from '../../../src/adapters/imaging-opencv.js';
import { OPENCV_ENVIRONMENT } from '../../../src/adapters/opencv.js';
import type { Picture } from '../../../src/domain/frame.js';

const require = createRequire(import.meta.url);
export const faceApiFolder = dirname(require.resolve('@vladmandic/face-api/package.json'));

/** The six photographs that the face library carries, decoded. */
export async function samplePictures(): Promise<Picture[]> {
  Object.assign(process.env, OPENCV_ENVIRONMENT);
  const imaging = await ImagingOpencv.load();
  const pictures: Picture[] = [];
  for (let i = 1; i <= 6; i++)
    pictures.push(await imaging.decode(await readFile(join(faceApiFolder, 'demo', `sample${i}.jpg`))));
  return pictures;
}

/** A part of a picture as a picture. */
export function cropOf(picture: Picture, x: number, y: number, width: number, height: number): Picture {
  const bgr = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * picture.width + x) * 3;
    bgr.set(picture.bgr.subarray(start, start + width * 3), row * width * 3);
  }
  return { width, height, bgr };
}

/** The picture in the middle of a black one of another size. */
export function onBlack(picture: Picture, width: number, height: number): Picture {
  const bgr = new Uint8Array(width * height * 3);
  const left = (width - picture.width) >> 1;
  const top = (height - picture.height) >> 1;
  for (let row = 0; row < picture.height; row++) {
    const from = row * picture.width * 3;
    bgr.set(picture.bgr.subarray(from, from + picture.width * 3), ((top + row) * width + left) * 3);
  }
  return { width, height, bgr };
}
