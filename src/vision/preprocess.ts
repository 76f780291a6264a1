import type { Frame, Picture } from '../domain/frame.js';
import type { Imaging } from '../ports/imaging.js';

/** How pictures of a camera are brought into form. */
export interface PreprocessSettings {
  /** Larger pictures are made smaller to fit, keeping their shape; smaller ones stay as they are. Before rotation. */
  readonly width: number;
  readonly height: number;
  readonly rotate: 0 | 90 | 180 | 270;
  readonly mirror: boolean;
}

/** Decodes, shrinks and turns one frame. Throws `image_refused` for a JPEG that cannot be decoded. */
export async function preprocess(imaging: Imaging, frame: Frame, settings: PreprocessSettings): Promise<Picture> {
  let picture: Picture =
    frame.format === 'jpeg'
      ? await imaging.decode(frame.bytes)
      : { width: frame.width, height: frame.height, bgr: frame.bytes };
  const scale = Math.min(settings.width / picture.width, settings.height / picture.height);
  if (scale < 1) {
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    picture = await imaging.resize(picture, width, height);
  }
  return imaging.orient(picture, settings.rotate, settings.mirror);
}
