import protobuf from 'protobufjs/minimal.js';
import { VestibuleError } from '../domain/errors.js';
import type { SourceFile } from './faceapi-weights.js';
import { type Field, fieldsOf, unsupportedOnnx } from './onnx-reader.js';
import { dimensionBytes } from './onnx-writer.js';

const GRAPH = 7;
const VALUE_INFO = 13;
const INPUT = 11;
const OUTPUT = 12;
const EXPECTED_OUTPUTS = 12;

/**
 * Rewrites the published YuNet file so that it takes any multiple of 32 (docs/networks.md 3): the last two dimensions of the
 * input and the anchor dimension of the twelve outputs become free, and all `value_info` entries, which state shapes of
 * 640×640, are dropped. Weights and nodes stay byte for byte.
 */
export function patchYunet(file: SourceFile): Uint8Array {
  try {
    return rewriteModel(file);
  } catch (cause) {
    if (cause instanceof VestibuleError) throw cause;
    throw new VestibuleError('pack_file_invalid', `${file.name} is not a readable ONNX file (truncated?)`, {
      cause,
      context: { file: file.name },
    });
  }
}

function rewriteModel(file: SourceFile): Uint8Array {
  const model = fieldsOf(file.bytes);
  const graph = model.find((field) => field.number === GRAPH)?.payload;
  if (graph === undefined) throw unsupportedOnnx(file, 'the file holds no graph');
  const fields = fieldsOf(graph);
  const inputs = fields.filter((field) => field.number === INPUT).length;
  const outputs = fields.filter((field) => field.number === OUTPUT).length;
  if (inputs !== 1 || outputs !== EXPECTED_OUTPUTS)
    throw unsupportedOnnx(file, `expected 1 input and ${EXPECTED_OUTPUTS} outputs, found ${inputs} and ${outputs}`);
  const patched = fields
    .filter((field) => field.number !== VALUE_INFO)
    .map((field) => {
      if (field.number === INPUT)
        return withPayload(field, freeDims(file, field.payload!, { 2: 'height', 3: 'width' }));
      if (field.number === OUTPUT) {
        const name = nameOf(field.payload!);
        return withPayload(field, freeDims(file, field.payload!, { 1: `anchors_${name}` }));
      }
      return field;
    });
  return join(model.map((field) => (field.number === GRAPH ? withPayload(field, join(patched)) : field)));
}

function withPayload(field: Field, payload: Uint8Array): Field {
  const raw = protobuf.Writer.create().bytes(payload).finish();
  return { number: field.number, wire: field.wire, raw, payload };
}

function join(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap((field) => [
    protobuf.Writer.create()
      .uint32((field.number << 3) | field.wire)
      .finish(),
    field.raw,
  ]);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

function nameOf(value: Uint8Array): string {
  const name = fieldsOf(value).find((field) => field.number === 1)?.payload;
  return new TextDecoder().decode(name);
}

/** Replaces dimensions of ValueInfo → type (2) → tensor_type (1) → shape (2) → dim (1) by names. */
function freeDims(file: SourceFile, value: Uint8Array, names: Readonly<Record<number, string>>): Uint8Array {
  const replaceIn = (bytes: Uint8Array, path: readonly number[]): Uint8Array => {
    const [head, ...rest] = path;
    if (head === undefined) return replaceDims(bytes);
    const fields = fieldsOf(bytes);
    if (!fields.some((field) => field.number === head)) throw unsupportedOnnx(file, 'a value has no shape');
    return join(
      fields.map((field) => (field.number === head ? withPayload(field, replaceIn(field.payload!, rest)) : field)),
    );
  };
  const replaceDims = (shape: Uint8Array): Uint8Array => {
    let index = -1;
    return join(
      fieldsOf(shape).map((field) => {
        if (field.number !== 1) return field;
        const name = names[++index];
        return name === undefined ? field : withPayload(field, dimensionBytes(name));
      }),
    );
  };
  return replaceIn(value, [2, 1, 2]);
}
