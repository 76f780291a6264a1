import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import qrcode from 'qrcode-generator';
import { prepareZXingModule, type WriterOptions, writeBarcode } from 'zxing-wasm/writer';
import type { Picture } from '../../src/domain/frame.js';

/** A code as cells: true is dark. */
export interface Cells {
  readonly columns: number;
  readonly rows: number;
  dark(row: number, column: number): boolean;
}

/** A QR code by a generator that shares nothing with the reader. */
export function qrCells(text: string): Cells {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  return { columns: count, rows: count, dark: (row, column) => code.isDark(row, column) };
}

let writer: Promise<unknown> | undefined;

/** Any other code, drawn by the writing half of the reader's library. */
export async function codeCells(text: string, format: NonNullable<WriterOptions['format']>): Promise<Cells> {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  writer ??= prepareZXingModule({
    overrides: { wasmBinary: new Uint8Array(readFileSync(file)).buffer },
    fireImmediately: true,
  });
  await writer;
  const { symbol, error } = await writeBarcode(text, { format });
  if (error !== '') throw new Error(error);
  return {
    columns: symbol.width,
    rows: symbol.height,
    dark: (row, column) => symbol.data[row * symbol.width + column]! < 128,
  };
}

/** How a code is held up. */
export interface Pose {
  readonly width?: number;
  readonly height?: number;
  /** Pixels of one cell. */
  readonly cell?: number;
  /** Height of one row of cells in pixels; as wide as high when absent. */
  readonly rowHeight?: number;
  /** Degrees, clockwise. */
  readonly turn?: number;
  /** As a camera of the configuration `mirror: true` gives it. */
  readonly mirrored?: boolean;
  /** Light on dark, as on a telephone. */
  readonly inverted?: boolean;
  /** Greatest deviation of a pixel, 0–255; the same every time. */
  readonly noise?: number;
}

/** A picture of a grey hall in which somebody holds up a white card with the code; without one the hall is empty. */
export function codePicture(cells: Cells | undefined, pose: Pose = {}): Picture {
  const { width = 640, height = 480, cell = 6, turn = 0, noise = 12 } = pose;
  const rowHeight = pose.rowHeight ?? cell;
  const bgr = new Uint8Array(width * height * 3);
  const [sin, cos] = [Math.sin((-turn * Math.PI) / 180), Math.cos((-turn * Math.PI) / 180)];
  // Stripes want a wider white border than squares.
  const quiet = cells !== undefined && cells.columns > 60 ? 12 : 4;
  let seed = 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const dx = (pose.mirrored ? width - 1 - x : x) - width / 2;
      const dy = y - height / 2;
      let luma = 90 + (60 * y) / height;
      if (cells !== undefined) {
        const column = Math.floor((dx * cos - dy * sin) / cell + cells.columns / 2);
        const row = Math.floor((dx * sin + dy * cos) / rowHeight + cells.rows / 2);
        const onCard = column >= -quiet && column < cells.columns + quiet && row >= -quiet && row < cells.rows + quiet;
        const inside = column >= 0 && column < cells.columns && row >= 0 && row < cells.rows;
        if (onCard) luma = (inside && cells.dark(row, column)) !== (pose.inverted === true) ? 40 : 215;
      }
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const value = luma + ((seed >>> 16) / 65535 - 0.5) * 2 * noise;
      bgr.fill(Math.max(0, Math.min(255, value)), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  return { width, height, bgr };
}
