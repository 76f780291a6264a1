import { z } from 'zod';
import { VestibuleError } from '../domain/errors.js';

/** One file that an importer reads. */
export interface SourceFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const manifestSchema = z.array(
  z.object({
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().positive()),
        dtype: z.literal('float32'),
        quantization: z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }).optional(),
      }),
    ),
  }),
);

export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors of one face-api network by name. */
class FaceapiWeights {
  private readonly tensors: ReadonlyMap<string, WeightTensor>;
  private readonly file: string;

  constructor(file: string, tensors: ReadonlyMap<string, WeightTensor>) {
    this.file = file;
    this.tensors = tensors;
  }

  /** A tensor with `rank` dimensions; throws `pack_unsupported` naming file and tensor where it is missing. */
  get(name: string, rank: number): WeightTensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw unsupported(this.file, `the layer ${name} is missing`);
    if (tensor.shape.length !== rank)
      throw unsupported(this.file, `the layer ${name} has ${tensor.shape.length} dimensions instead of ${rank}`);
    return tensor;
  }
}

function unsupported(file: string, why: string): VestibuleError {
  return new VestibuleError('pack_unsupported', `${file}: ${why}`, { context: { file } });
}

/**
 * Reads weights as `@vladmandic/face-api` stores them (docs/networks.md 1): the tensors of all groups follow each other in
 * the .bin in the order of the manifest; a quantised value is scale · byte + min in float32 arithmetic, others are raw
 * little-endian float32 at any offset.
 * Throws `pack_file_invalid` when the .bin does not hold exactly these tensors, `pack_unsupported` for another format.
 */
export function readFaceapiWeights(manifest: SourceFile, bin: SourceFile): FaceapiWeights {
  const groups = parseManifest(manifest);
  const view = new DataView(bin.bytes.buffer, bin.bytes.byteOffset, bin.bytes.byteLength);
  const tensors = new Map<string, WeightTensor>();
  let position = 0;
  for (const weight of groups.flatMap((group) => group.weights)) {
    const count = weight.shape.reduce((product, dim) => product * dim, 1);
    const byteLength = weight.quantization === undefined ? count * 4 : count;
    if (position + byteLength > bin.bytes.length) {
      throw new VestibuleError(
        'pack_file_invalid',
        `${bin.name} is truncated: the tensor ${weight.name} ends at byte ${position + byteLength}, the file has ${bin.bytes.length}`,
        { context: { file: bin.name } },
      );
    }
    const data = new Float32Array(count);
    if (weight.quantization === undefined) {
      for (let i = 0; i < count; i++) data[i] = view.getFloat32(position + i * 4, true);
    } else {
      const scale = Math.fround(weight.quantization.scale);
      const min = Math.fround(weight.quantization.min);
      for (let i = 0; i < count; i++) data[i] = Math.fround(scale * bin.bytes[position + i]!) + min;
    }
    position += byteLength;
    tensors.set(weight.name, { shape: weight.shape, data });
  }
  if (position !== bin.bytes.length) {
    throw new VestibuleError(
      'pack_file_invalid',
      `${bin.name} has ${bin.bytes.length - position} bytes more than ${manifest.name} describes`,
      { context: { file: bin.name } },
    );
  }
  return new FaceapiWeights(manifest.name, tensors);
}

function parseManifest(manifest: SourceFile): z.infer<typeof manifestSchema> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(manifest.bytes));
  } catch (cause) {
    throw new VestibuleError('pack_file_invalid', `${manifest.name} is not a readable weights manifest`, {
      cause,
      context: { file: manifest.name },
    });
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success)
    throw unsupported(manifest.name, `unknown weights manifest: ${z.prettifyError(parsed.error).split('\n')[0]}`);
  return parsed.data;
}

/** Filters [h, w, in, out] → [out, in, h, w], as ONNX wants them. */
export function filtersToOnnx(tensor: WeightTensor): WeightTensor {
  const [h, w, inputs, outputs] = tensor.shape as [number, number, number, number];
  const data = new Float32Array(tensor.data.length);
  for (let y = 0, p = 0; y < h; y++)
    for (let x = 0; x < w; x++)
      for (let i = 0; i < inputs; i++)
        for (let o = 0; o < outputs; o++, p++) data[((o * inputs + i) * h + y) * w + x] = tensor.data[p]!;
  return { shape: [outputs, inputs, h, w], data };
}

/** Depthwise filters [h, w, channels, 1] → [channels, 1, h, w] for a Conv with group = channels. */
export function depthwiseToOnnx(tensor: WeightTensor): WeightTensor {
  const [h, w, channels] = tensor.shape as [number, number, number];
  const swapped = filtersToOnnx({ shape: [h, w, 1, channels], data: tensor.data });
  return { shape: [channels, 1, h, w], data: swapped.data };
}
