import { toError, VestibuleError } from '../domain/errors.js';
import type { Picture } from '../domain/frame.js';
import { pictureOf } from './imaging-opencv.js';
import { constant, loadOpencv, type VideoCapture, withMats } from './opencv.js';

/** A rate that no camera has means that the container does not say it. */
const USUAL_RATE = 30;
const MOST_RATE = 240;

/**
 * Pictures of a video file with their time in it, as fast as they can be decoded.
 * @param wanted decides by the time in ms whether a frame is copied out of native memory; asked for every frame in order
 * @throws VestibuleError `opencv_missing`, `input_invalid` for a file that is no video
 */
export async function* videoFrames(
  path: string,
  wanted: (atMs: number) => boolean,
): AsyncGenerator<{ readonly picture: Picture; readonly atMs: number }> {
  const cv = loadOpencv();
  let capture: VideoCapture;
  try {
    capture = new cv.VideoCapture(path, constant(cv, 'CAP_FFMPEG'));
  } catch (thrown) {
    throw new VestibuleError('input_invalid', `${path} cannot be read as a video.`, { cause: toError(thrown) });
  }
  try {
    const told = capture.get(constant(cv, 'CAP_PROP_FPS'));
    const rate = told > 0 && told <= MOST_RATE ? told : USUAL_RATE;
    for (let index = 0; ; index++) {
      const atMs = (index * 1000) / rate;
      const picture = await withMats(async (own) => {
        const mat = own(await capture.readAsync());
        if (mat.empty) return 'end';
        return wanted(atMs) ? pictureOf(mat) : undefined;
      });
      if (picture === 'end') {
        if (index === 0) throw new VestibuleError('input_invalid', `${path} holds no picture.`);
        return;
      }
      if (picture !== undefined) yield { picture, atMs };
    }
  } finally {
    capture.release();
  }
}
