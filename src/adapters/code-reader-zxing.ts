import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Picture } from '../domain/frame.js';
import type { CodeReader, ReadCode } from '../ports/code-reader.js';

/** The same badge is shown upside down, on a telephone with a dark screen, near and far. */
const OPTIONS: ReaderOptions = {
  formats: ['QRCode', 'DataMatrix', 'Code128', 'EAN13', 'EAN8'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  textMode: 'Plain',
  maxNumberOfSymbols: 1,
};

/** Reads codes with ZXing-C++ compiled to WebAssembly. The program lies in node_modules; nothing is fetched. */
export class CodeReaderZxing implements CodeReader {
  /** Loads the program. @throws VestibuleError `engine_missing` */
  static async load(): Promise<CodeReaderZxing> {
    try {
      const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
      const bytes = await readFile(file);
      // Given the bytes, the package does not look for them on the network.
      const wasmBinary = new Uint8Array(bytes).buffer;
      await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
    } catch (thrown) {
      throw new VestibuleError('engine_missing', 'The reader of QR codes and barcodes cannot be loaded.', {
        cause: toError(thrown),
      });
    }
    return new CodeReaderZxing();
  }

  async read({ width, height, bgr }: Picture): Promise<ReadCode | undefined> {
    if (width < 1 || height < 1 || bgr.length !== width * height * 3)
      throw new VestibuleError('input_invalid', `A picture of ${width} x ${height} has ${bgr.length} bytes.`);
    const data = new Uint8ClampedArray(width * height * 4);
    for (let from = 0, to = 0; from < bgr.length; from += 3, to += 4) {
      data[to] = bgr[from + 2]!;
      data[to + 1] = bgr[from + 1]!;
      data[to + 2] = bgr[from]!;
      data[to + 3] = 255;
    }
    const [found] = await readBarcodes({ data, width, height, colorSpace: 'srgb' }, OPTIONS);
    if (found === undefined || !found.isValid) return undefined;
    return { text: found.text, linear: !['QRCode', 'DataMatrix'].includes(found.format) };
  }
}
