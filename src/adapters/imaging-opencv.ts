import { toError, VestibuleError } from '../domain/errors.js';
import type { Picture } from '../domain/frame.js';
import type { Imaging, OverlayBox } from '../ports/imaging.js';
import { readImageHeader } from './image-header.js';
import { constant, loadOpencv, type Mat, type Opencv, withMats } from './opencv.js';

/** BGR of the box colours; the label says the same in words. */
const TONES = { neutral: [230, 200, 120], good: [90, 200, 60], bad: [60, 70, 230] } as const;

/** Image work by OpenCV. Every native picture is released before a call returns. */
export class ImagingOpencv implements Imaging {
  readonly #cv: Opencv;

  /** @param cv the loaded binding; see `load` */
  constructor(cv: Opencv) {
    this.#cv = cv;
  }

  /** Loads the binding. Throws `opencv_missing`. */
  static async load(): Promise<ImagingOpencv> {
    return new ImagingOpencv(loadOpencv());
  }

  async decode(bytes: Uint8Array): Promise<Picture> {
    const header = readImageHeader(bytes);
    if (header.kind === 'refused') throw new VestibuleError('image_refused', header.reason);
    return withMats(async (own) => {
      let mat: Mat;
      try {
        // Never the sync call: it ends the process on a bad header. IMREAD_COLOR turns the picture as EXIF says.
        mat = own(await this.#cv.imdecodeAsync(asBuffer(bytes), constant(this.#cv, 'IMREAD_COLOR')));
      } catch (thrown) {
        throw new VestibuleError('image_refused', 'The picture cannot be decoded.', { cause: toError(thrown) });
      }
      if (mat.empty) throw new VestibuleError('image_refused', 'The picture cannot be decoded.');
      return pictureOf(mat);
    });
  }

  async encodeJpeg(picture: Picture, quality: number, overlay: readonly OverlayBox[] = []): Promise<Uint8Array> {
    return withMats(async (own) => {
      const mat = own(this.#mat(picture));
      for (const item of overlay) this.#draw(mat, item);
      const flags = [constant(this.#cv, 'IMWRITE_JPEG_QUALITY'), Math.round(quality)];
      return this.#cv.imencodeAsync('.jpg', mat, flags);
    });
  }

  async resize(picture: Picture, width: number, height: number): Promise<Picture> {
    return withMats(async (own) => {
      const mat = own(this.#mat(picture));
      return pictureOf(own(await mat.resizeAsync(height, width, 0, 0, constant(this.#cv, 'INTER_AREA'))));
    });
  }

  async orient(picture: Picture, rotate: 0 | 90 | 180 | 270, mirror: boolean): Promise<Picture> {
    if (rotate === 0 && !mirror) return picture;
    return withMats(async (own) => {
      let mat = own(this.#mat(picture));
      if (rotate !== 0) mat = own(await mat.rotateAsync(rotate / 90 - 1)); // cv::RotateFlags: 0, 1, 2 = 90, 180, 270 clockwise
      if (mirror) mat = own(await mat.flipAsync(1));
      return pictureOf(mat);
    });
  }

  #mat(picture: Picture): Mat {
    const { width, height, bgr } = picture;
    // A mismatch would read beyond the buffer in native code.
    if (width < 1 || height < 1 || bgr.length !== width * height * 3) {
      throw new VestibuleError('input_invalid', `A picture of ${width} x ${height} has ${bgr.length} bytes.`);
    }
    return new this.#cv.Mat(asBuffer(bgr), height, width, constant(this.#cv, 'CV_8UC3'));
  }

  #draw(mat: Mat, item: OverlayBox): void {
    const cv = this.#cv;
    const [b, g, r] = TONES[item.tone];
    const colour = new cv.Vec3(b, g, r);
    const clamp = (value: number, limit: number): number => Math.max(0, Math.min(limit, Math.round(value)));
    const left = clamp(item.box.x, mat.cols - 1);
    const top = clamp(item.box.y, mat.rows - 1);
    const right = clamp(item.box.x + item.box.width, mat.cols - 1);
    const bottom = clamp(item.box.y + item.box.height, mat.rows - 1);
    const line = constant(cv, 'LINE_AA');
    mat.drawRectangle(new cv.Point2(left, top), new cv.Point2(right, bottom), colour, 2, line);
    if (item.label === undefined || item.label === '') return;
    const origin = new cv.Point2(left, top > 24 ? top - 8 : Math.min(mat.rows - 4, bottom + 20));
    const font = constant(cv, 'FONT_HERSHEY_SIMPLEX');
    mat.putText(item.label, origin, font, 0.6, new cv.Vec3(0, 0, 0), 4, line);
    mat.putText(item.label, origin, font, 0.6, colour, 2, line);
  }
}

/** Copies the pixels of a continuous BGR Mat out of native memory. */
export async function pictureOf(mat: Mat): Promise<Picture> {
  return { width: mat.cols, height: mat.rows, bgr: await mat.getDataAsync() };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
