import type { Picture } from '../domain/frame.js';

/** A code found in a picture. */
export interface ReadCode {
  readonly text: string;
  /** Stripes carry hardly any redundancy: believe a linear code only when it was read twice. */
  readonly linear: boolean;
}

/** Finds a QR, Data Matrix, Code 128 or EAN code. Tests: test/adapters/code-reader-zxing.test.ts */
export interface CodeReader {
  /** The most prominent code of the picture; undefined when there is none. Blocks its thread for some 10 ms. */
  read(picture: Picture): Promise<ReadCode | undefined>;
}
