import { describe, expect, it } from 'vitest';
import { CodeReaderZxing } from '../../src/adapters/code-reader-zxing.js';
import { codeCells, codePicture, type Pose, qrCells } from '../support/drawn-codes.js';

const reader = await CodeReaderZxing.load();
const TEXT = 'BADGE-0042/Zx9';

describe('CodeReaderZxing', () => {
  const poses: [string, Pose][] = [
    ['straight', {}],
    ['small', { cell: 3 }],
    ['near', { cell: 14 }],
    ['turned by 15 degrees', { turn: 15 }],
    ['upside down', { turn: 180 }],
    ['on its side', { turn: 90 }],
    ['mirrored', { mirrored: true }],
    ['light on dark', { inverted: true }],
    ['in much noise', { noise: 45 }],
    ['in a large picture', { width: 1920, height: 1080, cell: 8 }],
  ];
  it.each(poses)('reads a QR code held %s', async (_, pose) => {
    expect(await reader.read(codePicture(qrCells(TEXT), pose))).toEqual({ text: TEXT, linear: false });
  });

  it.each([
    ['DataMatrix', TEXT, { cell: 8 }, false],
    ['DataMatrix', TEXT, { cell: 8, mirrored: true }, false],
    ['Code128', 'A-10042', { cell: 3, rowHeight: 3 }, true],
    ['Code128', 'A-10042', { cell: 3, turn: 180 }, true],
    ['Code128', 'A-10042', { cell: 3, mirrored: true }, true],
    ['EAN13', '4006381333931', { cell: 3 }, true],
    ['EAN8', '96385074', { cell: 4 }, true],
  ] as const)('reads %s %s (%o)', async (format, text, pose, linear) => {
    expect(await reader.read(codePicture(await codeCells(text, format), pose))).toEqual({ text, linear });
  });

  it('finds nothing in an empty hall, and refuses a picture whose size is not true', async () => {
    expect(await reader.read(codePicture(undefined))).toBeUndefined();
    await expect(reader.read({ width: 640, height: 480, bgr: new Uint8Array(12) })).rejects.toMatchObject({
      code: 'input_invalid',
    });
  });

  it('does not read other kinds of codes', async () => {
    for (const format of ['PDF417', 'Code39', 'Aztec'] as const)
      expect(await reader.read(codePicture(await codeCells('A10042', format), { cell: 4 }))).toBeUndefined();
  });
});
