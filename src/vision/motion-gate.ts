import type { Picture } from '../domain/frame.js';

const COLUMNS = 32;
const ROWS = 24;
/** Mean luma of a cell must change by this much, 0–255: about ten times the noise of a cell's mean. */
const CELL_CHANGE = 10;
/** Cells that must change. A face at the far end of recognition covers about twelve. */
const CHANGED_CELLS = 3;
/** The gate stays open for this long after the last face or movement. */
const OPEN_MS = 3000;
/** With the gate closed one picture in this time is analysed. */
const CLOSED_INTERVAL_MS = 1000;

/** Mean luma by cell of a 32 x 24 grid, sampled at 16 points a cell. */
function thumbnail(picture: Picture): Float32Array {
  const { width, height, bgr } = picture;
  const cells = new Float32Array(COLUMNS * ROWS);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (let sample = 0; sample < 16; sample++) {
        const x = Math.floor(((column + ((sample & 3) + 0.5) / 4) / COLUMNS) * width);
        const y = Math.floor(((row + ((sample >> 2) + 0.5) / 4) / ROWS) * height);
        const at = (y * width + x) * 3;
        sum += 0.114 * bgr[at]! + 0.587 * bgr[at + 1]! + 0.299 * bgr[at + 2]!;
      }
      cells[row * COLUMNS + column] = sum / 16;
    }
  }
  return cells;
}

/**
 * Decides which pictures are worth analysing: all of them while somebody is there or something moves, one a second of an
 * empty, still scene. Pictures are compared with the last one analysed, so that a slow approach adds up.
 */
export class MotionGate {
  #reference: Float32Array | undefined;
  #openUntil = Number.NEGATIVE_INFINITY;
  #analysedAt = Number.NEGATIVE_INFINITY;

  /** Whether to analyse the picture taken at `atMs` (monotonic). */
  wants(picture: Picture, atMs: number): boolean {
    const now = thumbnail(picture);
    if (this.#reference === undefined || changedCells(this.#reference, now) >= CHANGED_CELLS) {
      this.#openUntil = atMs + OPEN_MS;
    }
    if (atMs >= this.#openUntil && atMs - this.#analysedAt < CLOSED_INTERVAL_MS) return false;
    this.#reference = now;
    this.#analysedAt = atMs;
    return true;
  }

  /** The analysis found a face in the picture taken at `atMs`. */
  sawFace(atMs: number): void {
    this.#openUntil = Math.max(this.#openUntil, atMs + OPEN_MS);
  }
}

function changedCells(a: Float32Array, b: Float32Array): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i]! - b[i]!) > CELL_CHANGE) count += 1;
  return count;
}
