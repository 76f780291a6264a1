import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { IMAGE_LIMITS, readImageHeader } from '../../src/adapters/image-header.js';
import { ImagingOpencv } from '../../src/adapters/imaging-opencv.js';
import { loadOpencv, type Mat, withMats } from '../../src/adapters/opencv.js';
import type { Picture } from '../../src/domain/frame.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { writeTestPicture } from '../support/pictures.js';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-imaging-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const jpeg = writeTestPicture(folder, 'a.jpg', '96x64');
const png = writeTestPicture(folder, 'a.png', '96x64');
const imaging = await ImagingOpencv.load();

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body) >>> 0, 4 + body.length);
  return out;
}

/** A PNG whose header claims a size that its data does not have. */
function pngClaiming(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.from([0]));
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function bmpClaiming(width: number, height: number): Buffer {
  const out = Buffer.alloc(70);
  out.write('BM', 0, 'latin1');
  out.writeUInt32LE(70, 2);
  out.writeUInt32LE(54, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(width, 18);
  out.writeInt32LE(height, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(24, 28);
  return out;
}

/** The JPEG with another size in its start of frame. */
function jpegClaiming(width: number, height: number): Buffer {
  const out = Buffer.from(jpeg);
  const at = out.indexOf(Buffer.from([0xff, 0xc0]));
  out.writeUInt16BE(height, at + 5);
  out.writeUInt16BE(width, at + 7);
  return out;
}

/** The JPEG with an EXIF block that says how to turn it. */
function jpegTurned(orientation: number): Buffer {
  const tiff = Buffer.from(
    `4d4d002a00000008000101120003000000010${orientation.toString(16).padStart(3, '0')}000000000000`,
    'hex',
  );
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

const hostile: readonly (readonly [string, Uint8Array])[] = [
  ['an empty file', new Uint8Array()],
  ['one byte', new Uint8Array([0xff])],
  ['a PNG header alone', png.subarray(0, 8)],
  ['a PNG that claims 100000 x 100000 pixels', pngClaiming(100_000, 100_000)],
  ['a PNG that claims 2^31 - 1 pixels a side', pngClaiming(2 ** 31 - 1, 2 ** 31 - 1)],
  ['a PNG that claims 4000 x 4000 pixels', pngClaiming(4000, 4000)],
  ['a PNG without pixels', pngClaiming(0, 0)],
  ['a PNG of allowed size without data', pngClaiming(2000, 2000)],
  ['a BMP of 70 bytes that claims 2^30 pixels', bmpClaiming(32768, 32769)],
  ['a PNM that claims 2^30 pixels', Buffer.from('P6 40000 40000 255\n')],
  ['an HDR that claims 2^30 pixels', Buffer.from('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 40000 +X 40000\n')],
  ['a GIF', Buffer.from('GIF89a\xff\xff\xff\xff\0\0\0;', 'latin1')],
  ['a TIFF', Buffer.from('II*\0\x08\0\0\0\0\0', 'latin1')],
  ['a JPEG that claims 65535 x 65535 pixels', jpegClaiming(65535, 65535)],
  ['a JPEG without pixels', jpegClaiming(0, 0)],
  ['a JPEG cut in the middle', jpeg.subarray(0, jpeg.length >> 1)],
  ['a PNG cut in the middle', png.subarray(0, png.length >> 1)],
  ['a JPEG of two markers', Buffer.from([0xff, 0xd8, 0xff, 0xd9])],
  ['text', Buffer.from('not a picture')],
  ['six megabytes', Buffer.concat([jpeg, Buffer.alloc(6_000_000)])],
];

describe('hostile pictures', () => {
  it.each(hostile)('%s is refused', async (_, bytes) => {
    await expect(imaging.decode(bytes)).rejects.toMatchObject({ code: 'image_refused' });
  });

  it('too large ones are refused with the size to export, and that size is accepted', () => {
    for (const [width, height, side] of [
      [4032, 3024, 3200],
      [3024, 4032, 3200],
      [4000, 4000, 2800],
      [8064, 6048, 3200],
      [20_000, 500, 4000],
    ] as const) {
      const refused = readImageHeader(pngClaiming(width, height));
      expect(refused).toMatchObject({ kind: 'refused' });
      if (refused.kind !== 'refused') return;
      expect(refused.reason).toContain(`${width} x ${height}`);
      expect(refused.reason).toContain(`Export it smaller: ${side} pixels on its longer side.`);
      const scale = side / Math.max(width, height);
      const smaller = readImageHeader(pngClaiming(Math.round(width * scale), Math.round(height * scale)));
      expect(smaller).not.toMatchObject({ reason: expect.stringContaining('megapixels') });
    }
  });

  it('500 mutations of a real JPEG and PNG are refused or decoded within the limits', async () => {
    const random = new FakeRandom(7);
    let decoded = 0;
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      const bytes = Buffer.from(i % 2 === 0 ? jpeg : png);
      const changes = 1 + (i % 8);
      for (let c = 0; c < changes; c++) {
        const [hi, lo, value] = random.bytes(3);
        // Half of the changes hit the headers.
        const span = c % 2 === 0 ? Math.min(64, bytes.length) : bytes.length;
        bytes[((hi! << 8) | lo!) % span] = value!;
      }
      try {
        const picture = await imaging.decode(bytes);
        expect(picture.bgr.length).toBe(picture.width * picture.height * 3);
        expect(picture.width * picture.height).toBeLessThanOrEqual(IMAGE_LIMITS.pixels);
        decoded += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'image_refused' });
        refused += 1;
      }
    }
    expect(decoded + refused).toBe(500);
    expect(decoded).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('decoding', () => {
  it('gives the size and pixels of a real JPEG and PNG', async () => {
    for (const bytes of [jpeg, png]) {
      const picture = await imaging.decode(bytes);
      expect([picture.width, picture.height, picture.bgr.length]).toEqual([96, 64, 96 * 64 * 3]);
    }
  });

  it('turns a photograph as its EXIF block says, as phones need it', async () => {
    expect(readImageHeader(jpegTurned(6))).toEqual({ kind: 'jpeg', width: 96, height: 64 });
    const upright = await imaging.decode(jpeg);
    const turned = await imaging.decode(jpegTurned(6));
    expect([turned.width, turned.height]).toEqual([64, 96]);
    expect(turned.bgr).toEqual((await imaging.orient(upright, 90, false)).bgr);
  });

  it('accepts bytes after the end of a JPEG, as phones write them', async () => {
    expect((await imaging.decode(Buffer.concat([jpeg, Buffer.from('MotionPhoto')]))).width).toBe(96);
  });
});

/** 3 x 2 pixels with their index in every channel. */
const small: Picture = {
  width: 3,
  height: 2,
  bgr: Uint8Array.from({ length: 18 }, (_, i) => Math.floor(i / 3)),
};
const pixels = (picture: Picture): number[] => [...picture.bgr].filter((_, i) => i % 3 === 0);

describe('turning, shrinking, encoding', () => {
  it.each([
    [0, false, [0, 1, 2, 3, 4, 5], 3],
    [90, false, [3, 0, 4, 1, 5, 2], 2],
    [180, false, [5, 4, 3, 2, 1, 0], 3],
    [270, false, [2, 5, 1, 4, 0, 3], 2],
    [0, true, [2, 1, 0, 5, 4, 3], 3],
    [90, true, [0, 3, 1, 4, 2, 5], 2],
  ] as const)('rotates by %i degrees clockwise, mirrored: %s', async (rotate, mirror, expected, width) => {
    const picture = await imaging.orient(small, rotate, mirror);
    expect(pixels(picture)).toEqual(expected);
    expect(picture.width).toBe(width);
  });

  it('averages areas when it shrinks', async () => {
    const checks = Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => ((Math.floor(i / 3) % 4) % 2 === 0 ? 0 : 200));
    const half = await imaging.resize({ width: 4, height: 4, bgr: checks }, 2, 2);
    expect(pixels(half)).toEqual([100, 100, 100, 100]);
  });

  it('draws boxes and labels only into the JPEG', async () => {
    const grey = { width: 160, height: 120, bgr: new Uint8Array(160 * 120 * 3).fill(128) };
    const overlay = [{ box: { x: -5, y: 40, width: 300, height: 50 }, label: 'Demo Alex', tone: 'good' as const }];
    const plain = await imaging.decode(await imaging.encodeJpeg(grey, 90));
    const drawn = await imaging.decode(await imaging.encodeJpeg(grey, 90, overlay));
    const differs = (p: Picture): number => p.bgr.filter((value) => Math.abs(value - 128) > 20).length;
    expect(differs(plain)).toBe(0);
    expect(differs(drawn)).toBeGreaterThan(300);
    expect(grey.bgr.every((value) => value === 128)).toBe(true);
  });

  it('refuses a picture whose bytes do not fit its size before native code sees it', async () => {
    const wrong = { width: 100, height: 100, bgr: new Uint8Array(30) };
    await expect(imaging.resize(wrong, 10, 10)).rejects.toMatchObject({ code: 'input_invalid' });
  });
});

describe('the binding', () => {
  it('runs with memory tracking off', () => {
    expect(loadOpencv().isCustomMatAllocatorEnabled()).toBe(false);
  });

  it('releases every Mat, also after a failure, and makes Errors of thrown strings', async () => {
    const cv = loadOpencv();
    const mats: Mat[] = [];
    const failure = withMats(async (own) => {
      mats.push(own(new cv.Mat(Buffer.alloc(12), 2, 2, 16)));
      throw 'a native string';
    });
    await expect(failure).rejects.toThrowError(new Error('a native string'));
    expect(mats.map((mat) => mat.rows)).toEqual([0]);
  });
});
