import { VestibuleError } from '../domain/errors.js';
import type { SourceFile } from './faceapi-weights.js';

export interface ConstantTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** IEEE 754 half precision → number. */
export function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Reads one Const layer of an OpenVINO IR from its .bin (f16 or f32). */
export function readConstant(
  xmlName: string,
  bin: SourceFile,
  layerName: string,
  data: Readonly<Record<string, string>>,
): ConstantTensor {
  const offset = Number(data.offset);
  const size = Number(data.size);
  const dims = (data.shape ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  const width = data.element_type === 'f16' ? 2 : data.element_type === 'f32' ? 4 : 0;
  if (width === 0) {
    throw new VestibuleError(
      'pack_unsupported',
      `${xmlName}: the constant ${layerName} has the unknown element type ${data.element_type ?? 'none'}`,
      { context: { file: xmlName } },
    );
  }
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (!Number.isSafeInteger(offset) || offset < 0 || size !== count * width || offset + size > bin.bytes.length) {
    throw new VestibuleError(
      'pack_file_invalid',
      `${bin.name} is truncated or does not belong to ${xmlName}: the constant ${layerName} does not fit`,
      { context: { file: bin.name } },
    );
  }
  const view = new DataView(bin.bytes.buffer, bin.bytes.byteOffset + offset, size);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++)
    values[i] = width === 2 ? halfToNumber(view.getUint16(i * 2, true)) : view.getFloat32(i * 4, true);
  return { dims, data: values };
}
