/** A frame larger than this is taken for noise. */
const LONGEST_FRAME_BYTES = 4 * 1024 * 1024;

/**
 * Cuts a byte stream into JPEG pictures by their markers. Segments are skipped by their length, so that a thumbnail in
 * one does not end the picture. Bytes between pictures are dropped; a picture that is cut off is dropped when the next
 * one begins.
 */
export class MjpegSplitter {
  #buffer = Buffer.alloc(0);
  /** Where scanning goes on inside the picture at the beginning of the buffer; 0 = no picture begun. */
  #at = 0;
  #inScan = false;
  #dropped = 0;

  /** Pictures given up because they were cut off or too large. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes the next bytes of the stream, returns the pictures they complete (copies). */
  push(chunk: Uint8Array): Buffer[] {
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#buffer, chunk]);
    const whole: Buffer[] = [];
    for (;;) {
      if (this.#at === 0 && !this.#findStart()) return whole;
      const end = this.#scan();
      if (end === undefined) {
        if (this.#buffer.length > LONGEST_FRAME_BYTES) this.#dropTo(2);
        else if (this.#at !== 0) return whole;
        continue;
      }
      whole.push(Buffer.from(this.#buffer.subarray(0, end)));
      this.#restart(end);
    }
  }

  #findStart(): boolean {
    const start = this.#buffer.indexOf(START);
    if (start < 0) {
      // A start marker may be split between two chunks.
      this.#buffer = this.#buffer.subarray(Math.max(0, this.#buffer.length - 2));
      return false;
    }
    this.#buffer = this.#buffer.subarray(start);
    this.#at = 2;
    this.#inScan = false;
    return true;
  }

  /** Index after the end marker, or undefined when more bytes are needed or the picture was dropped (#at is then 0). */
  #scan(): number | undefined {
    const bytes = this.#buffer;
    while (this.#at + 2 <= bytes.length) {
      if (this.#inScan) {
        const mark = bytes.indexOf(0xff, this.#at);
        if (mark < 0 || mark + 1 >= bytes.length) {
          this.#at = mark < 0 ? bytes.length : mark;
          return undefined;
        }
        const code = bytes[mark + 1]!;
        this.#at = mark;
        if (code === 0 || code === 0xff || (code >= 0xd0 && code <= 0xd7)) {
          this.#at = mark + (code === 0xff ? 1 : 2);
          continue;
        }
        this.#inScan = false;
      }
      const code = bytes[this.#at + 1]!;
      if (bytes[this.#at] !== 0xff || code === 0xd8) {
        this.#dropTo(bytes[this.#at] === 0xff ? this.#at : 2);
        return undefined;
      }
      if (code === 0xd9) return this.#at + 2;
      if (this.#at + 4 > bytes.length) return undefined;
      const next = this.#at + 2 + bytes.readUInt16BE(this.#at + 2);
      this.#inScan = code === 0xda;
      this.#at = next;
    }
    return undefined;
  }

  #dropTo(index: number): void {
    this.#dropped += 1;
    this.#restart(index);
  }

  #restart(index: number): void {
    this.#buffer = this.#buffer.subarray(index);
    this.#at = 0;
    this.#inScan = false;
  }
}

const START = Buffer.from([0xff, 0xd8, 0xff]);
