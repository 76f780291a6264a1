import { describe, expect, it } from 'vitest';
import { MjpegSplitter } from '../../src/adapters/mjpeg-split.js';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** SOI, one APP1 segment that holds a whole small JPEG, SOS, data with a stuffed FF and a restart marker, EOI. */
const picture = bytes('ffd8 ffe1 0006 ffd8ffd9 ffda 0003 01 1122 ff00 ffd0 33 ffd9');
const noise = bytes('00ff 0102 ff');

describe('MjpegSplitter', () => {
  it('finds pictures however the stream is cut into pieces', () => {
    const stream = Buffer.concat([noise, picture, picture, noise, picture]);
    for (let size = 1; size <= stream.length; size++) {
      const splitter = new MjpegSplitter();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += size) found.push(...splitter.push(stream.subarray(at, at + size)));
      expect(found).toEqual([picture, picture, picture]);
      expect(splitter.dropped).toBe(0);
    }
  });

  it('drops a picture that is cut off inside its data, and gives the next one', () => {
    const splitter = new MjpegSplitter();
    expect(splitter.push(Buffer.concat([picture.subarray(0, picture.length - 3), picture]))).toEqual([picture]);
    expect(splitter.dropped).toBe(1);
  });

  it('keeps what it gave when the buffer it was given changes', () => {
    const given = Buffer.from(picture);
    const [first] = new MjpegSplitter().push(given);
    given.fill(0);
    expect(first).toEqual(picture);
  });

  it('does not collect endless data without an end', () => {
    const splitter = new MjpegSplitter();
    splitter.push(picture.subarray(0, picture.length - 2));
    for (let i = 0; i < 6; i++) splitter.push(Buffer.alloc(1024 * 1024, 0x11));
    expect(splitter.dropped).toBeGreaterThan(0);
    expect(splitter.push(picture)).toEqual([picture]);
  });
});
