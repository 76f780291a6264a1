/** Largest picture that is decoded: a 249 kB PNG can claim 267 MB of pixels. */
export const IMAGE_LIMITS = { bytes: 5 * 1024 * 1024, pixels: 8_000_000, side: 4096 } as const;

export type ImageHeader =
  | { readonly kind: 'jpeg' | 'png'; readonly width: number; readonly height: number }
  | { readonly kind: 'refused'; readonly reason: string };

const PNG_MAGIC = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/**
 * Reads the size of a JPEG or PNG and checks that it is whole, before any native decoder sees it. Other formats,
 * pictures over IMAGE_LIMITS and truncated files are refused with a sentence for a person.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) return refused('The picture is empty.');
  if (bytes.length > IMAGE_LIMITS.bytes)
    return refused('The picture is larger than 5 MB. Export it smaller, for example as a JPEG 2000 pixels long.');
  const header = PNG_MAGIC.every((byte, i) => bytes[i] === byte)
    ? readPng(bytes)
    : bytes[0] === 0xff && bytes[1] === 0xd8
      ? readJpeg(bytes)
      : refused('The file is neither a JPEG nor a PNG.');
  if (header.kind === 'refused') return header;
  const { width, height } = header;
  if (width < 1 || height < 1) return refused('The picture has no pixels.');
  if (width > IMAGE_LIMITS.side || height > IMAGE_LIMITS.side || width * height > IMAGE_LIMITS.pixels) {
    return refused(
      `The picture has ${width} x ${height} pixels; at most 4096 a side and 8 megapixels are accepted. Export it smaller: ${fittingSide(width, height)} pixels on its longer side.`,
    );
  }
  return header;
}

/** Longer side in whole hundreds at which a picture of this form keeps the limits. */
function fittingSide(width: number, height: number): number {
  const longer = Math.max(width, height);
  const side = Math.min(IMAGE_LIMITS.side, longer, longer * Math.sqrt(IMAGE_LIMITS.pixels / (width * height)));
  return Math.floor(side / 100) * 100;
}

function refused(reason: string): ImageHeader & { readonly kind: 'refused' } {
  return { kind: 'refused', reason };
}

/** PNG: IHDR first, every chunk inside the file, IEND at the end (ISO/IEC 15948 section 11). */
function readPng(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at: number = PNG_MAGIC.length;
  let size: { readonly width: number; readonly height: number } | undefined;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (length > bytes.length - at - 12) break;
    if (size === undefined) {
      if (type !== 0x49484452 || length !== 13) return refused('The PNG has no header.');
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    }
    if (type === 0x49454e44) return { kind: 'png', ...size };
    at += 12 + length;
  }
  return refused('The PNG is cut off.');
}

/** JPEG: segments up to a start of frame and a start of scan, an end marker after it (ITU-T T.81 annex B). */
function readJpeg(bytes: Uint8Array): ImageHeader {
  let at = 2;
  let size: { readonly width: number; readonly height: number } | undefined;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return refused('The JPEG is damaged.');
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9) return refused('The JPEG holds no picture.');
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    if (length < 2 || at + 2 + length > bytes.length) return refused('The JPEG is cut off.');
    if (isStartOfFrame(marker)) {
      if (length < 8 || size !== undefined) return refused('The JPEG is damaged.');
      size = {
        height: (bytes[at + 5]! << 8) | bytes[at + 6]!,
        width: (bytes[at + 7]! << 8) | bytes[at + 8]!,
      };
    }
    if (marker === 0xda) {
      if (size === undefined) return refused('The JPEG says no size.');
      return hasEnd(bytes, at + 2 + length) ? { kind: 'jpeg', ...size } : refused('The JPEG is cut off.');
    }
    at += 2 + length;
  }
  return refused('The JPEG is cut off.');
}

/** SOF0 … SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** FF D9 cannot occur inside entropy-coded data: every FF there is followed by 00 or a restart marker. */
function hasEnd(bytes: Uint8Array, from: number): boolean {
  for (let i = bytes.indexOf(0xff, from); i >= 0 && i + 1 < bytes.length; i = bytes.indexOf(0xff, i + 1)) {
    if (bytes[i + 1] === 0xd9) return true;
  }
  return false;
}
