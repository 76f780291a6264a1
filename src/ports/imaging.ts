import type { Picture } from '../domain/frame.js';
import type { Box } from '../domain/observation.js';

/** One box drawn over the preview. Text is drawn with a plain ASCII font: fold names before. */
export interface OverlayBox {
  readonly box: Box;
  readonly label?: string;
  readonly tone: 'neutral' | 'good' | 'bad';
}

/** Native image work. Every native picture is released before a call returns. */
export interface Imaging {
  /**
   * Decodes JPEG or PNG after checking magic, header, size (≤ 5 MB), pixels (≤ 8 M) and sides (≤ 4096) in JS.
   * Throws `image_refused` with the reason.
   */
  decode(bytes: Uint8Array): Promise<Picture>;
  /** JPEG of the picture, quality 1–100, boxes drawn over it. */
  encodeJpeg(picture: Picture, quality: number, overlay?: readonly OverlayBox[]): Promise<Uint8Array>;
  /** Area-averaged resize. */
  resize(picture: Picture, width: number, height: number): Promise<Picture>;
  /** Clockwise rotation in degrees and horizontal mirroring. */
  orient(picture: Picture, rotate: 0 | 90 | 180 | 270, mirror: boolean): Promise<Picture>;
}
